package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PgBouncer in transaction mode, with fewer connections to the database than the registry has to it. */
class PoolerIT {

    private static final int CONNECTIONS = 3;
    private static final int CLIENTS = 12;
    private static final int PUSHES = 8;

    private static EmbeddedPostgres postgres;
    private static int databasePort;

    private final int port = RegistryServer.freePort();
    private Path directory;
    private Process pooler;

    @BeforeAll
    static void prepareTheDatabase() throws Exception {
        postgres = EmbeddedPostgres.startTemporary();
        ConnectionFacts facts = ConnectionFacts.read(postgres.directory());
        databasePort = facts.port();
        String administrator = Files.readString(postgres.directory().resolve("superuser.password"))
                .strip();
        try (Connection connection = DriverManager.getConnection(facts.url(), "postgres", administrator)) {
            Rows.update(connection, "create role lain login password 'of lain'");
            Rows.update(connection, "create role serving login password 'of serving'");
            Rows.update(connection, "create database images owner lain");
        }
    }

    @AfterAll
    static void endTheDatabase() {
        postgres.close();
    }

    @BeforeEach
    void start() throws IOException {
        // PgBouncer refuses to be root, and the account that it becomes has to read these
        directory = Files.createTempDirectory(
                "pooler-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path accounts = Files.writeString(directory.resolve("accounts"), """
                "lain" "of lain"
                "serving" "of serving"
                """);
        Path configuration = Files.writeString(
                directory.resolve("pgbouncer.ini"), """
                [databases]
                images = host=127.0.0.1 port=%d connect_query='set search_path = registry; \
                set enable_seqscan = off; set enable_bitmapscan = off'
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = plain
                auth_file = %s
                pool_mode = transaction
                default_pool_size = %d
                max_client_conn = 400
                ignore_startup_parameters = extra_float_digits, search_path, options
                """.formatted(databasePort, port, accounts, CONNECTIONS));
        List<String> command = new ArrayList<>(List.of("/usr/sbin/pgbouncer", "-q", configuration.toString()));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", "nobody"));
        }
        pooler = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        await("PgBouncer to answer; see " + directory)
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> {
                    try (Connection connection = connection()) {
                        return connection.isValid(1);
                    }
                });
    }

    @AfterEach
    void end() throws InterruptedException {
        pooler.destroy();
        assertThat(pooler.waitFor(10, TimeUnit.SECONDS)).isTrue();
        DirectoryTree.delete(directory);
    }

    private String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/images?prepareThreshold=0";
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection(url(), "serving", "of serving");
    }

    @Test
    void theRegistryServesThroughItAndLeavesNothingInAConnection() throws Exception {
        try (RegistryServer server = RegistryServer.start(Map.of(
                "REGISTRY_DATABASE_URL", url(),
                "REGISTRY_DATABASE_USERNAME", "serving",
                "REGISTRY_DATABASE_PASSWORD", "of serving",
                "REGISTRY_DATABASE_OWNER_USERNAME", "lain",
                "REGISTRY_DATABASE_OWNER_PASSWORD", "of lain",
                "REGISTRY_GC_BLOBS_AFTER", "0s"))) {
            Map<Integer, Digest> pushed = pushAtOnce(server);

            runs(server, "garbage-collect");
            runs(server, "rename", "pooler/c0", "pooler/renamed");
            runs(server, "check");
            RegistryClient client = new RegistryClient(server.uri());
            pushed.forEach((number, blob) -> expect(
                    200, client.get("/v2/pooler/" + (number == 0 ? "renamed" : "c" + number) + "/blobs/" + blob)));

            assertThat(ofEachConnection("show synchronous_commit")).containsOnly("on");
            assertThat(ofEachConnection("show lock_timeout")).containsOnly("0");
            assertThat(ofEachConnection("show statement_timeout")).containsOnly("0");
            assertThat(ofEachConnection("show enable_seqscan")).containsOnly("off");
            assertThat(ofEachConnection("show search_path")).containsOnly("registry");
            assertThat(ofEachConnection("select count(*) from pg_locks where locktype = 'advisory'"))
                    .containsOnly("0");
        }
    }

    /** Pushes images in chunks, and returns the last blob of each client. */
    private static Map<Integer, Digest> pushAtOnce(RegistryServer server) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<Digest>> pushing = IntStream.range(0, CLIENTS)
                    .mapToObj(number -> clients.submit(() -> push(server.uri(), number)))
                    .toList();
            Map<Integer, Digest> pushed = new HashMap<>();
            for (int number = 0; number < CLIENTS; number++) {
                pushed.put(number, pushing.get(number).get());
            }
            return pushed;
        }
    }

    private static Digest push(URI registry, int number) {
        String repository = "pooler/c" + number;
        Digest blob = null;
        for (int i = 0; i < PUSHES; i++) {
            RegistryClient client = new RegistryClient(registry, "User-Agent", "client " + number + "." + i);
            byte[] content = ("content " + number + " " + i).repeat(1000).getBytes(UTF_8);
            blob = client.pushBlobInPatches(repository, content);
            client.pushManifest(
                    repository,
                    "t" + i % 3,
                    SampleManifests.TYPE,
                    SampleManifests.image(blob, content.length, "number " + i));
        }
        if (number % 2 == 1) {
            expect(202, new RegistryClient(registry).delete("/v2/" + repository + "/manifests/t0"));
        }
        return Objects.requireNonNull(blob);
    }

    private static void runs(RegistryServer server, String... words) throws Exception {
        Process process = server.command(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** What a query yields in each of the pooler's connections, which are held until all have answered. */
    private List<String> ofEachConnection(String query) throws SQLException {
        List<Connection> held = new ArrayList<>();
        try {
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Connection connection = connection();
                held.add(connection);
                connection.setAutoCommit(false);
                answers.addAll(Rows.query(connection, query, row -> row.getString(1)));
            }
            return answers;
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
    }
}
