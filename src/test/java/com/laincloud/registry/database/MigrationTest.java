package com.laincloud.registry.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.database.embedded.ConnectionFacts;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a registry of before finds after its schema was migrated. */
@ExtendWith(TemporaryDatabase.Extension.class)
class MigrationTest {

    private final TemporaryDatabase database;

    MigrationTest(TemporaryDatabase database) {
        this.database = database;
    }

    private void backTo(String version) {
        database.sql("drop schema audit cascade");
        database.sql("drop schema registry cascade");
        Flyway.configure()
                .dataSource(database.owner())
                .locations("classpath:db/migration")
                .schemas("registry")
                .defaultSchema("registry")
                .placeholders(Map.of("application", ConnectionFacts.APPLICATION))
                .target(version)
                .load()
                .migrate();
    }

    private void event(String action, String tag, String digest, String requestId) {
        database.sql("""
                insert into event (action, repository, tag, digest, request_id)
                values ('%s', 'a', nullif('%s', ''), '%s', '%s')""".formatted(action, tag, digest, requestId));
    }

    private static String uuid(int number) {
        return new UUID(0, number).toString();
    }

    @Test
    void whatWasDeletedIsTakenFromTheEventsUnlessItIsThereAgain() {
        backTo("11");
        database.sql("insert into repository (name) values ('a')");
        database.sql(
                "insert into manifest (repository_id, digest, media_type, payload) select id, 'm1', 'x', '' from repository");
        database.sql(
                "insert into tag (repository_id, name, manifest_id) select repository_id, unnest('{again,adopted}'::text[]), id from manifest");
        event("manifest.push", "adopted", "m1", "import");
        event("manifest.push", "of-tree", "m1", "import");
        event("tag.delete", "of-tree", "m1", "import");
        event("tag.delete", "again", "m1", uuid(1));
        event("manifest.push", "again", "m1", uuid(2));
        event("tag.delete", "gone", "m0", uuid(3));
        event("tag.delete", "gone", "m1", uuid(4));
        event("manifest.delete", "", "m1", uuid(5));
        event("manifest.delete", "", "m2", uuid(6));
        event("blob.delete", "", "b1", uuid(7));
        event("blob.delete", "", "b1", uuid(8));

        database.migrate();

        assertThat(database.sql("select kind, name, digest from deleted order by kind, digest"))
                .containsExactly("blob|null|b1", "manifest|null|m2", "tag|gone|m1");
        assertThat(database.sql("select name, adopted from tag order by name")).containsExactly("adopted|t", "again|f");
        assertThat(database.sql("select action, tag from adopted_event order by id"))
                .containsExactly("manifest.push|adopted", "manifest.push|of-tree", "tag.delete|of-tree");
        assertThat(database.sql("select tag, request_id from audit.push order by id"))
                .containsExactly("adopted|import", "of-tree|import", "again|" + uuid(2));
        assertThat(
                        database.sql(
                                "select count(*), count(distinct id) from (select id from event union all select id from adopted_event) x"))
                .containsExactly("11|11");
    }

    @Test
    void eventsOfAllTimesKeepTheirNumbersAndWhatTheyTell() {
        backTo("14");
        database.sql("""
                insert into event (occurred_at, action, repository, tag, digest, size, actor, client_address, user_agent,
                                   request_id)
                select timestamptz '2019-11-30 12:00+00' + i * interval '1 month', 'manifest.push', 'a', 't' || i, 'd', i,
                       'ann', '10.0.0.1', 'client ' || i % 3, gen_random_uuid()
                from generate_series(1, 100) as i""");
        database.sql("insert into denial (scope, reason, detail, request_id) values ('s', 'invalid token', 'd', 'r')");
        String columns = "select id, occurred_at, tag, digest, size, actor, client_address, user_agent, request_id "
                + "from audit.push order by id";
        List<String> before = database.sql(columns);

        database.migrate();

        assertThat(database.sql(columns)).hasSize(100).isEqualTo(before);
        assertThat(database.sql("select count(*) from event_default")).containsExactly("0");
        assertThat(database.sql("select count(*) from client")).containsExactly("3");
        assertThat(database.sql("select distinct epoch from event union select epoch from denial"))
                .containsExactly("0");
        event("tag.delete", "new", "d", uuid(1));
        assertThat(database.sql("select id, epoch from event where tag = 'new'"))
                .containsExactly("101|1");
    }

    @Test
    void whileATransactionKeepsItFromATableRequestsDoNotWaitBehindIt() throws Exception {
        backTo("25");
        try (ExecutorService start = Executors.newSingleThreadExecutor();
                Connection dump = database.owner().getConnection()) {
            dump.setAutoCommit(false);
            Rows.query(dump, "select count(*) from upload", row -> row.getLong(1));
            Future<?> migration = start.submit(database::migrate);
            await("it to wait for the table")
                    .until(() -> !database.sql("select pid from pg_locks where not granted")
                            .isEmpty());

            for (int i = 0; i < 10; i++) {
                long begin = System.nanoTime();
                database.sql("select count(*) from upload");
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
                Thread.sleep(300);
            }
            assertThat(migration).isNotDone();
            dump.rollback();
            migration.get(30, TimeUnit.SECONDS);
        }
        assertThat(database.sql("show lock_timeout")).containsExactly("0");
        assertThat(database.sql("select count(*) from instance")).containsExactly("0");
    }
}
