package com.laincloud.registry.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriver.Note;
import com.laincloud.registry.storage.inmemory.InMemoryDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The chain of hashes over the record, and its check. */
@ExtendWith(TemporaryDatabase.Extension.class)
class SealsTest {

    private static final String INSERT = """
            insert into event (action, repository, tag, digest, media_type, size, image_size, reused, actor, client_address,
                               client, request_id)
            values ('manifest.push', 'a', '%s', 'sha256:1', 'x', 5, 100, 40, 'ann', '10.0.0.1', client_id('docker'),
                    gen_random_uuid())""";

    private static final List<String> APPEND_ONLY =
            List.of("event", "denial", "config_change", "retention_decision", "batch", "client");

    private final TemporaryDatabase database;
    private final StorageDriver storage = new InMemoryDriver(1 << 20, Clock.systemUTC());
    private final Seals seals;
    private final List<String> told = new ArrayList<>();

    SealsTest(TemporaryDatabase database) {
        this.database = database;
        this.seals = seals(() -> false);
        database.sql("insert into client (id, user_agent) values (client_id('docker'), 'docker')");
    }

    private Seals seals(BooleanSupplier isReadOnly) {
        return new Seals(database.owner(), storage, isReadOnly, Clock.systemUTC());
    }

    private void push(String tag) {
        database.sql(INSERT.formatted(tag));
    }

    private void seal() {
        seals.run(new UnhurriedRun());
    }

    @Test
    void theNewestHashesLieInTheStorageAndStayThereWhereTheRecordDoesNotGoOnFromThem() throws SQLException {
        seals(() -> true).run(new UnhurriedRun());
        assertThat(storage.note(Note.AUDIT_HEADS))
                .as("nothing is written in read-only mode")
                .isEmpty();
        threeBatches();
        seals(() -> false).run(new UnhurriedRun());
        List<String> kept = storage.note(Note.AUDIT_HEADS).orElseThrow().lines().toList();
        assertThat(kept).hasSize(4).anySatisfy(line -> assertThat(line).matches("event 3 [0-9a-f]{64}"));

        push("later");
        seal();
        seals(() -> false).run(new UnhurriedRun());
        assertThat(storage.note(Note.AUDIT_HEADS).orElseThrow().lines().toList())
                .anySatisfy(line -> assertThat(line).startsWith("event 4 "))
                .contains(kept.stream()
                        .filter(line -> line.startsWith("denial"))
                        .findFirst()
                        .orElseThrow());

        asOwner("delete from batch where record = 'event' and number = 4"); // as one who seals it anew
        String before = storage.note(Note.AUDIT_HEADS).orElseThrow();
        push("forged");
        seals(() -> false).run(new UnhurriedRun());
        assertThat(storage.note(Note.AUDIT_HEADS)).contains(before);
        assertThat(isWhole(new AuditHeads(database.owner(), storage).hashes().toArray(String[]::new)))
                .isFalse();
    }

    private boolean isWhole(String... heads) throws SQLException {
        told.clear();
        try (Connection connection = database.owner().getConnection()) {
            return new RecordCheck(connection, told::add).run(List.of(heads));
        }
    }

    private List<String> problems() {
        return told.stream().filter(line -> !line.contains(" rows in ")).toList();
    }

    private void asOwner(String sql) {
        for (String table : APPEND_ONLY) {
            database.sql("alter table " + table + " disable trigger all");
        }
        for (String table :
                database.sql("select inhrelid::regclass from pg_inherits where inhparent = 'event'::regclass")) {
            database.sql("alter table " + table + " disable trigger all");
        }
        database.sql(sql);
    }

    private void threeBatches() {
        for (int batch = 0; batch < 3; batch++) {
            push("one-" + batch);
            push("two-" + batch);
            database.sql(
                    "insert into denial (scope, reason, detail, request_id) values ('s', 'invalid token', 'd', 'r')");
            database.sql("""
                    insert into config_change (key, source, live, accepted) values ('log.level', 'etcd', true, true)""");
            database.sql("""
                    insert into retention_decision (run, repository, tag, digest, rule, pattern, rank, members, reason)
                    values (gen_random_uuid(), 'a', 'v1', 'd', 1, 'p', 2, 3, 'r')""");
            seal();
        }
    }

    @Test
    void whatWasRecordedIsSealedOnceInWholeTransactions() throws SQLException {
        threeBatches();
        seal();

        assertThat(database.sql("select record, number, rows from audit.chain order by 1, 2"))
                .containsExactly(
                        "config_change|1|1",
                        "config_change|2|1",
                        "config_change|3|1",
                        "denial|1|1",
                        "denial|2|1",
                        "denial|3|1",
                        "event|1|2",
                        "event|2|2",
                        "event|3|2",
                        "retention_decision|1|1",
                        "retention_decision|2|1",
                        "retention_decision|3|1");
        assertThat(isWhole()).isTrue();
        assertThat(told).element(0).asString().startsWith("event: 6 rows in 3 batches, head ");
        assertThat(database.sql("select repository, pushes, image_bytes, new_image_bytes from audit.push_daily"))
                .containsExactly("a|6|600|360");
    }

    @Test
    void aTransactionThatIsOpenIsWaitedForAndNotSealedOver() throws SQLException {
        push("before");
        try (Connection slow = database.owner().getConnection();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.execute(INSERT.formatted("slow"));
            push("after");
            database.sql("""
                    insert into event (occurred_at, action, repository, digest, request_id)
                    values (now() - interval '20 minutes', 'blob.push', 'a', 'd', gen_random_uuid())""");
            assertThat(seals.run(new UnhurriedRun()))
                    .contains("sealed 1 rows; 1 events since ", " wait for a transaction that is open for longer");
            assertThat(database.sql("select rows from audit.chain")).containsExactly("1");
            statement.execute(INSERT.formatted("slow too"));
            slow.commit();
        }
        seal();

        assertThat(database.sql("select sum(rows) from audit.chain")).containsExactly("5");
        assertThat(isWhole()).isTrue();
    }

    @Test
    void aLongRecordIsSealedInBatchesOfWholeTransactions() throws SQLException {
        database.sql("""
                do $$ begin
                    for i in 1..9 loop
                        insert into event (action, repository, digest, request_id)
                        select 'blob.push', 'a', 'd', gen_random_uuid() from generate_series(1, 3000);
                        commit;
                    end loop;
                end $$""");

        seal();

        assertThat(database.sql("select rows from audit.chain order by number"))
                .containsExactly("12000", "12000", "3000");
        assertThat(database.sql("select sum(rows) from audit.chain")).containsExactly("27000");
        assertThat(isWhole()).isTrue();
    }

    @Test
    void monthsAreSealedApart() throws SQLException {
        database.sql("select add_event_month('2020-01-01'), add_event_month('2020-02-01')");
        database.sql("begin; "
                + IntStream.of(31, 32, 33)
                        .mapToObj(
                                day -> "insert into event (occurred_at, action, repository, digest, request_id) select "
                                        + "timestamptz '2020-01-01 00:00+00' + interval '" + (day - 1)
                                        + " days', 'blob.push', 'a', 'd', gen_random_uuid(); ")
                        .reduce("", String::concat)
                + "commit");

        seal();

        assertThat(database.sql("select month, rows from audit.chain where record = 'event' order by number"))
                .containsExactly("2020-01-01|1", "2020-02-01|2");
        assertThat(isWhole()).isTrue();
        database.sql("select drop_event_month('2020-01-01')");
        assertThat(isWhole()).isTrue();
        assertThat(problems())
                .singleElement()
                .asString()
                .contains("event batch 1 (2020-01)", "its month was dropped, with 1 rows");
    }

    /** Makes a change, looks for it, and takes it back. */
    private List<String> found(String change) throws SQLException {
        told.clear();
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String table : APPEND_ONLY) {
                statement.execute("alter table " + table + " disable trigger all");
            }
            assertThat(statement.executeUpdate(change)).as(change).isPositive();
            assertThat(new RecordCheck(connection, told::add).run(List.of()))
                    .as(change)
                    .isFalse();
            connection.rollback();
        }
        return problems();
    }

    @Test
    void aRowThatWasChangedRemovedAddedOrSwappedIsFoundByItsBatch() throws SQLException {
        threeBatches();
        assertThat(isWhole()).isTrue();

        for (String change : new String[] {
            "update event set actor = 'bob' where tag = 'one-1'",
            "update event set client_address = null where tag = 'one-1'",
            "update event set occurred_at = occurred_at + interval '1 microsecond' where tag = 'one-1'",
            "update event set tag = previous_digest, previous_digest = tag where tag = 'one-1'",
            "delete from event where tag = 'one-1'",
            "insert into event (action, repository, digest, request_id, tx) select action, repository, digest, request_id, tx from event where tag = 'one-1'",
            "update event e set id = o.id from event o where (e.tag, o.tag) in (('one-1', 'two-1'), ('two-1', 'one-1'))",
            "update batch set hash = sha256('x') where record = 'event' and number = 2",
            "update batch set rows = 3 where record = 'event' and number = 2"
        }) {
            assertThat(found(change).getFirst())
                    .as(change)
                    .contains("event batch 2", "are not the ones that were sealed");
        }
        assertThat(isWhole()).isTrue();
    }

    @Test
    void soIsOneOfTheOtherRecords() throws SQLException {
        threeBatches();

        for (String change : new String[] {
            "update denial set detail = 'another' where id = 2",
            "delete from denial where id = 2",
            "update config_change set new_value = 'another' where id = 2",
            "update retention_decision set reason = 'another' where id = 2",
            "delete from retention_decision where id = 2"
        }) {
            assertThat(found(change))
                    .as(change)
                    .singleElement()
                    .asString()
                    .contains(" batch 2", "are not the ones that were sealed");
        }
    }

    @Test
    void aBatchThatIsMissingAndAClientThatWasRenamedAreFound() throws SQLException {
        threeBatches();
        asOwner("delete from batch where record = 'event' and number = 2");
        assertThat(isWhole()).isFalse();
        assertThat(problems().getFirst()).contains("event batch 3", "a batch before it was changed or is missing");

        asOwner("alter table client drop constraint client_check");
        asOwner("update client set user_agent = 'another'");
        assertThat(isWhole()).isFalse();
        assertThat(problems().getLast()).contains("what it called itself was changed");
    }

    @Test
    void whoKeptAHeadFindsOutThatTheEndOfTheChainWasRewritten() throws SQLException {
        threeBatches();
        String head = database.sql("select hash from audit.chain where record = 'event' order by number desc limit 1")
                .getFirst();
        push("later");
        seal();
        assertThat(isWhole(head)).isTrue();

        asOwner("delete from batch where record = 'event' and number >= 3");
        asOwner("delete from event where tag in ('one-2', 'later')");
        seal();

        assertThat(isWhole()).isTrue();
        assertThat(isWhole(head)).isFalse();
        assertThat(problems()).singleElement().asString().contains(head, "was rewritten");
    }

    @Test
    void aMonthThatWasDroppedOtherwiseIsFoundAndOneThatIsMadeAgainIsNot() throws SQLException {
        String row = """
                insert into event (occurred_at, action, repository, digest, request_id)
                values ('%s', 'blob.push', 'a', 'd', gen_random_uuid())""";
        database.sql("select add_event_month('2020-01-01'), add_event_month('2020-02-01')");
        database.sql(row.formatted("2020-01-31 00:00:00+00"));
        database.sql(row.formatted("2020-02-01 00:00:00+00"));
        seal();
        database.sql("select drop_event_month('2020-01-01')");
        database.sql(row.formatted("2020-01-31 00:00:00+00"));
        new EventMonths(database.owner(), Optional::empty).run(new UnhurriedRun());
        seal();
        assertThat(database.sql("select month, rows from audit.chain where record = 'event' order by number"))
                .containsExactly("2020-01-01|1", "2020-02-01|1", "2020-01-01|1");
        assertThat(isWhole()).as(() -> told.toString()).isTrue();

        asOwner("drop table event_2020_02");
        assertThat(isWhole()).isFalse();
        assertThat(problems().getLast()).contains("event batch 2 (2020-02)", "are not the ones that were sealed");
    }

    @Test
    void theHashDependsOnNoSettingOfTheSession() throws SQLException {
        threeBatches();
        try (Connection connection = database.owner().getConnection();
                Statement settings = connection.createStatement()) {
            settings.execute("set timezone = 'Asia/Kolkata'; set bytea_output = 'escape'; "
                    + "set extra_float_digits = 0; set intervalstyle = 'iso_8601'");
            assertThat(new RecordCheck(connection, told::add).run(List.of())).isTrue();
        }
    }

    @Test
    void aRestoredDumpBeginsANewEpochBehindTheOld() throws SQLException {
        push("before");
        database.sql("with a as (insert into repository (name) values ('a') returning id)"
                + " insert into upload (id, repository_id) select gen_random_uuid(), id from a");
        database.sql("update database_cluster set system_identifier = system_identifier + 1");
        database.sql("""
                insert into event (action, repository, digest, request_id, tx)
                values ('blob.push', 'a', 'of the other cluster', gen_random_uuid(), '999999999999')""");

        database.migrate();
        database.migrate();
        push("after");
        seal();

        assertThat(database.sql("select epoch, tag from event order by epoch, tx, id"))
                .containsExactly("1|before", "1|null", "2|after");
        assertThat(database.sql("select count(*) from upload"))
                .as("sessions that may go on where the dump is from, in the same storage")
                .containsExactly("0");
        assertThat(database.sql("select rows from audit.chain")).containsExactly("3");
        assertThat(isWhole()).isTrue();
    }
}
