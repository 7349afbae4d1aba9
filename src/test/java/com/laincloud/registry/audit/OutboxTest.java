package com.laincloud.registry.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.audit.Outbox.Entry;
import com.laincloud.registry.audit.Outbox.Position;
import com.laincloud.registry.database.TemporaryDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was done, read forward by one who remembers how far it has come. */
@ExtendWith(TemporaryDatabase.Extension.class)
@Timeout(120)
class OutboxTest {

    private static final String INSERT = """
            insert into event (action, repository, tag, digest, client, request_id)
            values ('manifest.push', 'a', '%s', 'sha256:1', client_id('docker'), gen_random_uuid())""";

    private final TemporaryDatabase database;
    private final Outbox outbox;

    OutboxTest(TemporaryDatabase database) {
        this.database = database;
        this.outbox = new Outbox(database.connections());
        database.sql("insert into client (id, user_agent) values (client_id('docker'), 'docker')");
    }

    private static String ids(List<Entry> entries) {
        return entries.stream().map(entry -> entry.position().id()).toList().toString();
    }

    private String recorded() {
        return database.sql("select id from registry.event order by epoch, tx, id")
                .toString();
    }

    /** As one that forgets all but the position between two pages. */
    private List<Entry> follow(Position from, int pageSize) {
        List<Entry> all = new ArrayList<>();
        Position position = from;
        List<Entry> page = outbox.after(position, pageSize);
        while (!page.isEmpty()) {
            all.addAll(page);
            position = Position.parse(page.getLast().position().toString()).orElseThrow();
            page = outbox.after(position, pageSize);
        }
        return all;
    }

    @Test
    void aReaderSeesEachEventOnceInOrderThoughWritersCommitLate() throws Exception {
        int writers = 4;
        List<Entry> read = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                running.add(threads.submit(() -> {
                    write(60);
                    return null;
                }));
            }
            Position position = Position.FIRST;
            while (running.stream().anyMatch(writer -> !writer.isDone())) {
                List<Entry> page = outbox.after(position, 200); // so that it is at the end, where it may go wrong
                read.addAll(page);
                position = page.isEmpty() ? position : page.getLast().position();
            }
            for (Future<?> writer : running) {
                writer.get();
            }
            read.addAll(follow(position, 7));
        }

        assertThat(read).hasSizeGreaterThanOrEqualTo(writers * 60);
        assertThat(ids(read)).isEqualTo(recorded());
    }

    private void write(int transactions) throws SQLException, InterruptedException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        try (Connection connection = database.connections().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < transactions; i++) {
                for (int events = random.nextInt(1, 4); events > 0; events--) {
                    statement.execute(INSERT.formatted("v" + i));
                    Thread.sleep(random.nextInt(4));
                }
                connection.commit();
            }
        }
    }

    @Test
    void whatIsBehindAnOpenTransactionWaitsForItAndIsSaid() throws SQLException {
        database.sql(INSERT.formatted("before"));
        List<Entry> later;
        try (Connection open = database.connections().getConnection();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute(INSERT.formatted("late"));
            database.sql(INSERT.formatted("early"));

            List<Entry> first = follow(Position.FIRST, 10);
            assertThat(first).hasSize(1);
            assertThat(outbox.waitingSince()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
            open.commit();
            later = follow(first.getLast().position(), 10);
        }

        assertThat(later).hasSize(2);
        assertThat(later.getFirst().json())
                .contains("late", "\"user_agent\":\"docker\"")
                .doesNotContain("null");
        assertThat(later.getLast().json()).contains("early");
        assertThat(outbox.waitingSince()).isNull();
    }

    @Test
    void oneThatBeginsAtTheEndIsToldWhatComesThen() {
        database.sql(INSERT.formatted("before"));
        Position end = outbox.end();
        assertThat(outbox.after(end, 10)).isEmpty();

        database.sql(INSERT.formatted("after"));
        assertThat(outbox.after(end, 10))
                .singleElement()
                .satisfies(entry -> assertThat(entry.json()).contains("after"));
    }

    @Test
    void aPositionOfADumpThatWasRestoredElsewhereGoesOnThere() {
        database.sql(INSERT.formatted("before"));
        Position before = follow(Position.FIRST, 10).getLast().position();
        database.sql("insert into database_cluster (epoch, system_identifier) values (2, 1)");
        database.sql(INSERT.formatted("of-the-dump")
                .replace("(action", "(tx, action")
                .replace("('manifest", "('1000000000000'::xid8, 'manifest"));
        database.sql(INSERT.formatted("here")
                .replace("(action", "(epoch, tx, action")
                .replace("('manifest", "(2, '3'::xid8, 'manifest"));

        assertThat(outbox.isKnown(before)).isTrue();
        List<Entry> later = follow(before, 1);
        assertThat(later).hasSize(2);
        assertThat(later.getFirst().json()).contains("of-the-dump");
        assertThat(later.getLast().position())
                .isEqualTo(new Position((short) 2, 3, later.getLast().position().id()));
    }

    @Test
    void aPositionThatTheDatabaseHasNotComeToIsOfOneThatWasSetBack() {
        database.sql(INSERT.formatted("v1"));
        Position last = follow(Position.FIRST, 10).getLast().position();

        assertThat(outbox.isKnown(last)).isTrue();
        assertThat(outbox.isKnown(Position.FIRST)).isTrue();
        assertThat(outbox.isKnown(new Position(last.epoch(), last.transaction() + 1_000_000, 1)))
                .isFalse();
        assertThat(outbox.isKnown(new Position((short) (last.epoch() + 1), 1, 1)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                ".",
                "..",
                "1",
                "1.2",
                "1.2.3.4",
                "-1.2.3",
                "1.+2.3",
                " 1.2.3",
                "40000.2.3",
                "1.99999999999999999999.3",
                "١.2.3"
            })
    void aPositionIsWhatWasToldOrNone(String malformed) {
        assertThat(Position.parse(malformed)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPageReadsFewBuffersBesidesItsRows(boolean isAnalysed) {
        if (isAnalysed) {
            database.sql("analyze registry.event");
        }
        database.sql("""
                insert into event (epoch, tx, action, repository, digest, client, request_id)
                select 0, n::text::xid8, 'manifest.push', 'a', 'sha256:1', client_id('docker'), gen_random_uuid()
                from generate_series(1, 20000) n""");
        String query = PAGE_OF_TEN;
        explain(query); // what is read once of the catalog
        String plan = explain(query);
        Matcher hit =
                Pattern.compile("Buffers: shared hit=(\\d+)(?: read=(\\d+))?").matcher(plan);
        assertThat(hit.find()).as(plan).isTrue();
        long buffers = Long.parseLong(hit.group(1)) + (hit.group(2) == null ? 0 : Long.parseLong(hit.group(2)));
        assertThat(buffers).as(plan).isLessThanOrEqualTo(40 + 10 * 4);
    }

    private static final String PAGE_OF_TEN = Outbox.PAGE
            .replaceFirst("\\?::int2", "0::int2")
            .replaceFirst("\\?::text", "'10000'::text")
            .replaceFirst("\\?\\)", "0)")
            .replaceFirst("limit \\?", "limit 10");

    private String explain(String query) {
        return String.join(
                "\n",
                TemporaryDatabase.sql(
                        database.connections(), "explain (analyze, buffers, timing off, summary off) " + query));
    }
}
