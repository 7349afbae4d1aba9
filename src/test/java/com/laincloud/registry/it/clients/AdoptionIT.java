package com.laincloud.registry.it.clients;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.json;
import static com.laincloud.registry.it.clients.TreeOfOldRegistry.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.EmbeddedDatabaseException;
import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.jobs.JobRunner;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry in the place of docker/distribution, over the tree that a real one left. */
class AdoptionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static TreeOfOldRegistry tree;

    private final RegistryServer server = RegistryServer.installed(Map.of());
    private final RegistryClient client = new RegistryClient(server.uri());

    @BeforeAll
    static void writeTheTree() throws Exception {
        tree = TreeOfOldRegistry.write(directory);
    }

    @AfterEach
    void stopTheServer() {
        server.close();
    }

    @Test
    void anImportThatIsKilledIsGoneOnWithAndEveryTagIsPulledWithTheDigestItHad() throws Exception {
        tree.copyTo(server.root());
        Process killed = server.command("import", server.root().toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        awaitHalfImported(killed);
        killed.destroyForcibly().waitFor();

        assertThat(run("import", 2, server.root().toString()))
                .contains(
                        "import: going on with",
                        "import: empty link: docker/registry/v2/repositories/app/1/_manifests");

        server.startAgain();
        checkAllTags(tree.tags());
        assertThat(client.tags("app/1")).doesNotContain("t7");
        expect(404, client.get("/v2/app/0/manifests/" + tree.deleted(), "Accept", TreeOfOldRegistry.ACCEPT));
        client.pullBlob("app/0", tree.sha512());
        assertThat(client.pullBlob("app/4", tree.ownLayer("app/4"))).hasSize(4096);
        assertThat(server.sql("select problem, tag from audit.import_problem where broken order by 1"))
                .containsPattern("dangling tag\\s*\\|\\s*t7\\s+empty link\\s*\\|\\s*t7\\s+\\(2 rows\\)");
        pushesGoOn("app/2");
        assertThat(server.sql("""
                        select count(*) filter (where request_id = 'import') as imported, count(*) as all_of_them,
                               count(until) as ended, bool_and(since <= coalesce(until, since)) as ordered
                        from audit.tag_history where repository = 'app/2' and tag = 'latest'""")).containsPattern("(?m)^\\s*3\\s*\\|\\s*4\\s*\\|\\s*3\\s*\\|\\s*t");

        // the server runs, and its database with it
        assertThat(run("import", 2, "--verify")).contains(" 0 tags, 0 manifests, 0 blobs ");
        assertThat(server.sql("select count(*) as passes from audit.import where finished_at is not null"))
                .containsPattern("(?m)^\\s*2\\s*$");
        assertThat(client.tags("app/2")).contains("pushed");
    }

    @Test
    void whatIsNotImportedYetIsPulledListedPushedToAndDeletedAllTheSame() throws Exception {
        server.startAgain();
        expect(404, client.get("/v2/app/0/manifests/latest"));
        tree.copyTo(server.root());
        assertThat(new JobRunner(database()).runNow("import", run -> beforeTheImport()))
                .contains(true); // the server, which would import at once, waits for the lease

        AtomicBoolean imported = new AtomicBoolean();
        try (ExecutorService pusher = Executors.newSingleThreadExecutor()) {
            Future<Integer> pushes = pusher.submit(() -> pushUntil(imported));
            assertThat(run("import", 2)).contains("import: empty link:");
            imported.set(true);
            assertThat(pushes.get()).isPositive();
        }

        Map<String, Digest> expected = tree.tags();
        expected.keySet().removeAll(List.of("app/12:latest", "app/14:t5", "app/16:t6"));
        expected.keySet().removeIf(name -> name.startsWith("app/20:"));
        checkAllTags(expected);
        for (String deleted : List.of("app/14/manifests/t5", "app/16/manifests/t6")) {
            expect(404, client.get("/v2/" + deleted, "Accept", TreeOfOldRegistry.ACCEPT));
        }
        assertThat(server.sql("select count(*) as t from audit.push where tag = 't1' and repository = 'app/20'"))
                .doesNotContainPattern("(?m)^\\s*0\\s*$");
    }

    @Test
    void aServerThatStartsOverATreeWithAnEmptyIndexAdoptsItByItselfOnce() throws Exception {
        tree.copyTo(server.root());
        server.startAgain();
        assertThat(digest(client, "app/48:latest")).isEqualTo(tree.tags().get("app/48:latest"));
        await("the import to end")
                .atMost(PATIENCE)
                .until(() -> server.logSince(0).stream().anyMatch(line -> line.contains("import: done: ")));

        checkAllTags(tree.tags());
        server.kill();
        server.startAgain();
        checkAllTags(Map.of(
                "app/0:latest", java.util.Objects.requireNonNull(tree.tags().get("app/0:latest"))));
        assertThat(server.sql("select count(*) as passes from audit.import")).containsPattern("(?m)^\\s*1\\s*$");

        List<String> tags = client.tags("app/48");
        assertThat(tags).contains("latest");
        run("rename", 0, "app/48", "renamed/48", "--alias", "0");
        run("import", 2);
        assertThat(client.tags("renamed/48")).isEqualTo(tags);
        expect(404, client.get("/v2/app/48/manifests/latest", "Accept", TreeOfOldRegistry.ACCEPT));
        expect(404, client.get("/v2/app/48/tags/list"));
    }

    private boolean beforeTheImport() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into adoption (verifies) values (false)");
            asksForWhatIsNotImportedYet();
            // the import that comes next is the command's
            statement.execute("update job_lease set due_at = now() + interval '25 s' where job = 'import'");
            return true;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that is asked of a registry while the pass over its tree has not come to it. */
    private void asksForWhatIsNotImportedYet() throws Exception {
        Map<String, Digest> expected = tree.tags();

        awaitFirstPull("app/0:latest", expected);
        assertThat(digest(client, "oci/index:both")).isEqualTo(expected.get("oci/index:both"));
        assertThat(digest(client, "schema1/image:old")).isEqualTo(expected.get("schema1/image:old"));
        client.pullBlob("app/4", tree.ownLayer("app/4"));
        expect(404, client.get("/v2/app/4/blobs/" + tree.ownLayer("app/6")));
        expect(404, client.get("/v2/app/0/manifests/" + tree.deleted(), "Accept", TreeOfOldRegistry.ACCEPT));
        assertThat(errorCodes(expect(404, client.get("/v2/app/3/manifests/latest"))))
                .containsExactly("NAME_UNKNOWN");
        assertThat(client.tags("app/8")).hasSize(TreeOfOldRegistry.TAGS);
        expect(201, client.post("/v2/mounted/here/blobs/uploads/?from=app/10&mount=" + tree.ownLayer("app/10")));
        pushesGoOn("app/12");
        assertThat(server.sql("""
                        select previous_digest from audit.push
                        where repository = 'app/12' and tag = 'latest' and request_id <> 'import'""")).contains(String.valueOf(expected.get("app/12:latest")));
        expect(202, client.delete("/v2/app/14/manifests/" + expected.get("app/14:t5")));
        expect(202, client.delete("/v2/app/16/manifests/t6"));
        expect(405, client.delete("/v2/app/18/blobs/" + tree.ownLayer("app/18")));
    }

    /** Nothing but the moment at which the registry notices that there is a pass may keep it from finding it. */
    private void awaitFirstPull(String name, Map<String, Digest> expected) {
        await("the registry to notice")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(AssertionError.class)
                .until(() -> {
                    try {
                        return digest(client, name).equals(expected.get(name));
                    } catch (AssertionError e) {
                        return false;
                    }
                });
    }

    private void checkAllTags(Map<String, Digest> expected) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> checks = new ArrayList<>();
            expected.forEach((name, digest) -> checks.add(threads.submit(
                    () -> assertThat(digest(client, name)).as(name).isEqualTo(digest))));
            for (Future<?> check : checks) {
                check.get();
            }
        }
        TreeSet<String> repositories = new TreeSet<>();
        expected.keySet().forEach(name -> repositories.add(name.substring(0, name.lastIndexOf(':'))));
        assertThat(json(expect(200, client.get("/v2/_catalog?n=1000")))
                        .getJsonArray("repositories")
                        .getValuesAs(JsonString.class))
                .extracting(JsonString::getString)
                .containsAll(repositories);
    }

    /** A new image on old layers, of which none is sent again. */
    private void pushesGoOn(String repository) {
        expect(200, client.head("/v2/" + repository + "/blobs/" + tree.ownLayer(repository)));
        byte[] config = "{\"pushed\":\"here\"}".getBytes(UTF_8);
        byte[] manifest = TreeOfOldRegistry.manifest(
                client.pushBlob(repository, config), config.length, List.of(tree.ownLayer(repository)));
        Digest pushed = client.pushManifest(repository, "pushed", MediaTypes.DOCKER_MANIFEST, manifest);
        client.pushManifest(repository, "latest", MediaTypes.DOCKER_MANIFEST, manifest);
        assertThat(digest(client, repository + ":latest")).isEqualTo(pushed);
    }

    /** Pushes to tags that are being imported; each of them must name what was pushed last. */
    private int pushUntil(AtomicBoolean ended) {
        int pushes = 0;
        do {
            byte[] config = ("{\"push\":" + pushes + "}").getBytes(UTF_8);
            byte[] manifest = TreeOfOldRegistry.manifest(
                    client.pushBlob("app/20", config), config.length, List.of(tree.ownLayer("app/20")));
            String tag = "t" + (1 + pushes % (TreeOfOldRegistry.TAGS - 1));
            Digest pushed = client.pushManifest("app/20", tag, MediaTypes.DOCKER_MANIFEST, manifest);
            assertThat(digest(client, "app/20:" + tag)).isEqualTo(pushed);
            pushes++;
        } while (!ended.get());
        return pushes;
    }

    private String run(String command, int status, String... operands) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of(operands));
        Process process = server.command(words.toArray(String[]::new)).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }

    private void awaitHalfImported(Process process) {
        await("the import to be at work")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .failFast(
                        "the import has ended",
                        () -> assertThat(process.isAlive()).isTrue())
                .until(this::isHalfImported);
    }

    private boolean isHalfImported() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from adopted_repository")) {
            row.next();
            return row.getInt(1) > 0;
        } catch (SQLException | EmbeddedDatabaseException e) {
            return false; // there is no database yet, or no table in it
        }
    }

    private Connection connect() throws SQLException {
        Connection connection = database().getConnection();
        connection.setSchema("registry");
        return connection;
    }

    private DataSource database() {
        ConnectionFacts facts = ConnectionFacts.read(server.root().resolve("postgresql"));
        return ConfiguredDataSource.of(facts.url(), ConnectionFacts.OWNER, facts.ownerPassword());
    }
}
