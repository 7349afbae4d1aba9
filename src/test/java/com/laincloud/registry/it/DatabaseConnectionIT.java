package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import com.laincloud.registry.it.DatabaseWay.Fate;
import com.laincloud.registry.oci.Digest;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection to the database that breaks is no matter of clients, and nothing is recorded twice for it. */
@Alone
class DatabaseConnectionIT {

    private static final int PUSHES = 30;
    private static final int PUSHERS = 4;
    private static final int CONNECTIONS = 6;

    private static final String COMMITS_SLOWLY = """
            create function registry.linger() returns trigger language plpgsql as $$
            begin
                perform pg_sleep(0.15);
                return null;
            end $$;
            create constraint trigger linger after insert on registry.event deferrable initially deferred
                for each row execute function registry.linger()""";

    private static final AtomicReference<Fate> FATE = new AtomicReference<>(Fate.PASSES);
    private static final AtomicInteger COMMITS = new AtomicInteger();

    private static EmbeddedPostgres postgres;
    private static ConnectionFacts facts;
    private static String administrator;
    private static DatabaseWay way;
    private static RegistryServer server;
    private static RegistryClient client;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.startTemporary();
        facts = ConnectionFacts.read(postgres.directory());
        administrator = Files.readString(postgres.directory().resolve("superuser.password"))
                .strip();
        int port = Integer.parseInt(facts.url().replaceFirst(".*:(\\d+)/.*", "$1"));
        way = new DatabaseWay(port, () -> COMMITS.incrementAndGet() % 15 == 0 ? FATE.get() : Fate.PASSES);
        server = RegistryServer.start(Map.of(
                "REGISTRY_DATABASE_POOL_MAX", Integer.toString(CONNECTIONS),
                "REGISTRY_DATABASE_URL", facts.url().replace(":" + port + "/", ":" + way.port() + "/"),
                "REGISTRY_DATABASE_USERNAME", ConnectionFacts.APPLICATION,
                "REGISTRY_DATABASE_PASSWORD", facts.password(),
                "REGISTRY_DATABASE_OWNER_USERNAME", ConnectionFacts.OWNER,
                "REGISTRY_DATABASE_OWNER_PASSWORD", facts.ownerPassword()));
        client = new RegistryClient(server.uri());
    }

    @AfterAll
    static void end() {
        server.close();
        way.close();
        postgres.close();
    }

    private static String sql(String statement) {
        try (Connection connection = DriverManager.getConnection(facts.url(), "postgres", administrator);
                Statement change = connection.createStatement()) {
            if (!change.execute(statement)) {
                return "";
            }
            ResultSet result = change.getResultSet();
            result.next();
            return String.valueOf(result.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(statement, e);
        }
    }

    /** Pushes an image with a layer of its own, mounts it, moves a tag, and deletes it. */
    private static void push(String repository, int number) {
        byte[] content = ("layer " + number + " of " + repository).getBytes(UTF_8);
        Digest blob = client.pushBlob(repository, content);
        expect(201, client.post("/v2/" + repository + "/mounted/blobs/uploads/?mount=" + blob + "&from=" + repository));
        byte[] image = SampleManifests.image(blob, content.length, repository + number);
        client.pushManifest(repository, "v" + number, SampleManifests.TYPE, image);
        client.pushManifest(repository, "again" + number, SampleManifests.TYPE, image);
        expect(202, client.delete("/v2/" + repository + "/manifests/again" + number));
        expect(200, client.get("/v2/" + repository + "/manifests/v" + number, "Accept", SampleManifests.TYPE));
    }

    private static void pushAll(String repository) throws Exception {
        pushAll(repository, PUSHERS);
    }

    private static void pushAll(String repository, int atOnce) throws Exception {
        try (ExecutorService pushers = Executors.newFixedThreadPool(atOnce)) {
            List<? extends Future<?>> pushes = IntStream.range(0, PUSHES)
                    .mapToObj(number -> pushers.submit(() -> push(repository, number)))
                    .toList();
            for (Future<?> push : pushes) {
                push.get();
            }
        }
    }

    private static void requireOneEventEach(String repository) {
        assertThat(sql("select string_agg(action || ' ' || deeds || ' ' || rows, ', ' order by action) from ("
                        + "select action, count(distinct (repository, tag, digest)) as deeds, count(*) as rows"
                        + " from registry.event where repository like '" + repository
                        + "%' group by action) as counted"))
                .isEqualTo(("blob.mount %1$s %1$s, blob.push %1$s %1$s, manifest.push %2$s %2$s,"
                                + " tag.delete %1$s %1$s")
                        .formatted(PUSHES, 2 * PUSHES));
    }

    @ParameterizedTest
    @EnumSource(names = {"CUT_BEFORE", "CUT_AFTER"})
    void whatIsCutAtItsCommitIsDoneOnceAndItsClientHearsNothingOfIt(Fate fate) throws Exception {
        String repository = "cut/" + (fate == Fate.CUT_BEFORE ? "before" : "after");
        FATE.set(fate);
        int before = COMMITS.get();

        pushAll(repository);

        FATE.set(Fate.PASSES);
        assertThat(COMMITS.get() - before).isGreaterThan(7 * PUSHES);
        requireOneEventEach(repository);
    }

    @Test
    void aCommitThatIsStillRunningWhenItsConnectionEndsIsWaitedFor() throws Exception {
        sql(COMMITS_SLOWLY);
        FATE.set(Fate.CUT_AFTER);
        try {
            pushAll("lingers");
        } finally {
            FATE.set(Fate.PASSES);
            sql("drop trigger linger on registry.event");
        }
        requireOneEventEach("lingers");
    }

    @Test
    void connectionsThatTheServerEndsInTheMiddleOfPushesAreReplaced() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger ended = new AtomicInteger();
        Thread administrator = Thread.ofVirtual().start(() -> {
            while (!isOver.get()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
                ended.addAndGet(Integer.parseInt(sql("select count(pg_terminate_backend(pid)) from ("
                        + "select pid from pg_stat_activity where application_name = 'registry'"
                        + " order by random() limit 1) as busy")));
            }
        });
        try {
            pushAll("ended/a");
            pushAll("ended/b");
        } finally {
            isOver.set(true);
            administrator.join();
        }
        assertThat(ended.get()).isGreaterThan(5);
        requireOneEventEach("ended/a");
        requireOneEventEach("ended/b");
    }

    @Test
    void noMoreConnectionsAreKeptThanTheSettingSays() throws Exception {
        pushAll("crowd", 3 * CONNECTIONS);

        await("jobs to end, which have connections of their own")
                .untilAsserted(() -> assertThat(Integer.parseInt(
                                sql("select count(*) from pg_stat_activity where application_name = 'registry'")))
                        .isBetween(CONNECTIONS / 2, CONNECTIONS));
        requireOneEventEach("crowd");
    }
}
