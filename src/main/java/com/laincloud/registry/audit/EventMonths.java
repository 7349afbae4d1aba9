package com.laincloud.registry.audit;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Makes the tables of the months to come, a year ahead. What was recorded in a month without one, because this has not run
 * for a year or a clock was wrong, moves into one. And drops the months that are older than the settings keep them, once they
 * are sealed: one a run, so that a clock that is wrong for an hour costs no more than that.
 */
@Singleton
public class EventMonths implements Job {

    private static final Duration INTERVAL = Duration.ofHours(6);

    private final DataSource database;
    private final Supplier<Optional<Duration>> retention;

    @Inject
    EventMonths(CurrentSettings settings) {
        this(ConfiguredDataSource.ofOwner(), () -> settings.get().audit().retention());
    }

    /**
     * @param database whose connections are those of the owner of the tables
     * @param retention how long events are kept; empty: for ever
     */
    EventMonths(DataSource database, Supplier<Optional<Duration>> retention) {
        this.database = database;
        this.retention = retention;
    }

    @Override
    public String name() {
        return "event-months";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public Duration firstWithin() {
        return Duration.ofMinutes(1);
    }

    @Override
    public String run(JobRun run) {
        List<String> missing = Rows.query(database, """
                select to_char(month, 'YYYY-MM-DD')
                from (select distinct date_trunc('month', occurred_at at time zone 'UTC') from event_default
                      union
                      select generate_series(date_trunc('month', now() at time zone 'UTC'),
                                             date_trunc('month', now() at time zone 'UTC') + interval '12 months',
                                             interval '1 month')
                     ) as needed (month)
                where month::date not in (select event_months()) order by month""", row -> row.getString(1));
        for (String month : missing) {
            if (!run.isOver()) {
                change("select add_event_month(?::date)", month);
            }
        }
        String added = missing.isEmpty() ? "all months are there" : "added " + String.join(", ", missing);
        return retention
                .get()
                .flatMap(this::drop)
                .map(dropped -> added + "; " + dropped)
                .orElse(added);
    }

    /** Counts of pulls that are older, and the oldest month, if all of it is over for so long. */
    private Optional<String> drop(Duration kept) {
        Rows.query(database, """
                with gone as (delete from pull where day < (now() - make_interval(secs => ?))::date returning 1)
                select count(*) from gone""", row -> row.getLong(1), kept.toSeconds());
        Optional<Month> oldest =
                Rows.query(database, """
                select month::text, exists (
                    select from event e
                    where occurred_at >= month::timestamp at time zone 'UTC'
                      and occurred_at < (month + interval '1 month') at time zone 'UTC'
                      and (e.epoch, e.tx) > (coalesce(sealed.epoch, -1), coalesce(sealed.tx, '0')))
                from (select min(month) as month from event_months() as month) as oldest
                left join lateral (select epoch, tx from batch where record = 'event' and batch.month = oldest.month
                                   order by number desc limit 1) as sealed on true
                where (month + interval '1 month') at time zone 'UTC' < now() - make_interval(secs => ?)""", row -> new Month(row.getString(1), row.getBoolean(2)), kept.toSeconds())
                        .stream()
                        .findFirst();
        return oldest.map(month -> {
            if (month.isUnsealed()) {
                return month.first() + " is not sealed yet";
            }
            change("select drop_event_month(?::date)", month.first());
            return "dropped " + month.first();
        });
    }

    /** @param first its first day */
    private record Month(String first, boolean isUnsealed) {}

    /** Auditors who read are not waited for for long, because others wait behind: the next run does it. */
    private void change(String function, String month) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local lock_timeout = '200ms'");
            Rows.query(connection, function, row -> row.getBoolean(1), month);
            connection.commit();
        } catch (SQLException e) {
            throw new DatabaseException(
                    "the table of events of " + month + " cannot be changed now: " + e.getMessage(), e);
        }
    }
}
