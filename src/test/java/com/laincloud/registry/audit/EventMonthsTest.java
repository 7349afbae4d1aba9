package com.laincloud.registry.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.storage.inmemory.InMemoryDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The tables of the months of events. */
@ExtendWith(TemporaryDatabase.Extension.class)
class EventMonthsTest {

    private final TemporaryDatabase database;
    private final EventMonths job;
    private Optional<Duration> retention = Optional.empty();

    EventMonthsTest(TemporaryDatabase database) {
        this.database = database;
        this.job = new EventMonths(database.owner(), () -> retention);
    }

    private void event(String digest, String time) {
        database.sql("""
                insert into event (occurred_at, action, repository, digest, request_id)
                values ('%s', 'manifest.push', 'a', '%s', gen_random_uuid())""".formatted(time, digest));
    }

    private static String table(YearMonth month) {
        return "event_" + month.toString().replace('-', '_');
    }

    @Test
    void thereIsATableForEachOfTheTwelveMonthsToCome() {
        YearMonth now = YearMonth.now(ZoneOffset.UTC);
        database.sql("drop table " + table(now.plusMonths(12)));

        assertThat(job.run(new UnhurriedRun())).isEqualTo("added " + now.plusMonths(12) + "-01");

        assertThat(database.sql("select to_char(month, 'YYYY-MM') from event_months() as month where month >= '"
                        + now.atDay(1) + "'"))
                .hasSize(13)
                .startsWith(now.toString())
                .endsWith(now.plusMonths(12).toString());
        assertThat(job.run(new UnhurriedRun())).isEqualTo("all months are there");
    }

    @Test
    void whatHadNoMonthMovesIntoOneAsItIs() {
        event("early", "1987-02-28 23:59:59.999999+00");
        event("late", "2199-01-01 00:00:00+00");
        String before = String.join("", database.sql("select event::text from event order by id"));
        assertThat(database.sql("select count(*) from event_default")).containsExactly("2");

        assertThat(job.run(new UnhurriedRun())).isEqualTo("added 1987-02-01, 2199-01-01");

        assertThat(database.sql("select count(*) from event_default")).containsExactly("0");
        assertThat(database.sql("select digest from event_1987_02")).containsExactly("early");
        assertThat(database.sql("select digest from event_2199_01")).containsExactly("late");
        assertThat(String.join("", database.sql("select event::text from event order by id")))
                .isEqualTo(before);
        assertThat(database.sql("select digest from audit.push order by id")).containsExactly("early", "late");
    }

    @Test
    void aReaderOfTheTableIsNotWaitedForForLongAndTheNextRunDoesIt() throws SQLException {
        event("early", "1987-02-03 00:00:00+00");
        try (Connection auditor = database.owner().getConnection();
                Statement reads = auditor.createStatement()) {
            auditor.setAutoCommit(false);
            reads.execute("select * from audit.push");

            assertThatThrownBy(() -> job.run(new UnhurriedRun()))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("1987-02-01");
            event("pushed meanwhile", "1987-02-03 00:00:00+00");
        }

        assertThat(job.run(new UnhurriedRun())).isEqualTo("added 1987-02-01");
        assertThat(database.sql("select count(*) from event_1987_02")).containsExactly("2");
    }

    @Test
    void monthsThatAreOverForLongAreDroppedOneByOneOnceTheyAreSealed() throws SQLException {
        database.sql("select add_event_month('2020-01-01'), add_event_month('2020-02-01')");
        event("old", "2020-01-15 00:00:00+00");
        event("next", "2020-02-15 00:00:00+00");
        job.run(new UnhurriedRun());
        assertThat(database.sql("select digest from event order by id")).containsExactly("old", "next");

        retention = Optional.of(Duration.ofDays(365));
        assertThat(job.run(new UnhurriedRun())).isEqualTo("all months are there; 2020-01-01 is not sealed yet");
        new Seals(
                        database.owner(),
                        new InMemoryDriver(1 << 20, java.time.Clock.systemUTC()),
                        () -> false,
                        Clock.systemUTC())
                .run(new UnhurriedRun());
        try (Connection auditor = database.owner().getConnection();
                Statement reads = auditor.createStatement()) {
            auditor.setAutoCommit(false);
            reads.execute("select * from audit.push");
            assertThatThrownBy(() -> job.run(new UnhurriedRun())).hasMessageContaining("cannot be changed now");
        }
        database.sql("""
                insert into pull (repository, digest, day, pulls, last_at)
                select 'a', 'd', current_date - n, 1, now() - n * interval '1 day' from unnest(array[10, 400]) as n""");
        assertThat(job.run(new UnhurriedRun())).isEqualTo("all months are there; dropped 2020-01-01");
        assertThat(database.sql("select current_date - day from pull")).containsExactly("10");
        assertThat(database.sql("select digest from event order by id")).containsExactly("next");
        assertThat(job.run(new UnhurriedRun())).isEqualTo("all months are there; dropped 2020-02-01");
        assertThat(job.run(new UnhurriedRun())).isEqualTo("all months are there");
    }

    @Test
    void noRowOfAMonthCanBeChangedOrRemoved() {
        event("early", "1987-02-03 00:00:00+00");
        job.run(new UnhurriedRun());

        for (String table : new String[] {"event", "event_1987_02", "event_default"}) {
            if (!table.equals("event_default")) { // which has no row
                assertThatThrownBy(() -> database.sql("delete from " + table)).hasMessageContaining("append-only");
                assertThatThrownBy(() -> database.sql("update " + table + " set actor = 'x'"))
                        .hasMessageContaining("append-only");
            }
            assertThatThrownBy(() -> database.sql("truncate " + table)).hasMessageContaining("append-only");
        }
        assertThat(database.sql("select digest from event")).containsExactly("early");
    }
}
