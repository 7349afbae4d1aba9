package com.laincloud.registry.audit;

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
import javax.sql.DataSource;

/**
 * Makes the tables of the months to come, a year ahead. What was recorded in a month without one, because this has not run
 * for a year or a clock was wrong, moves into one.
 */
@Singleton
public class EventMonths implements Job {

    private static final Duration INTERVAL = Duration.ofHours(6);

    private final DataSource database;

    @Inject
    EventMonths() {
        this(new ConfiguredDataSource());
    }

    EventMonths(DataSource database) {
        this.database = database;
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
    public boolean isWanted() {
        return true;
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
                add(month);
            }
        }
        return missing.isEmpty() ? "all months are there" : "added " + String.join(", ", missing);
    }

    /** An auditor who reads the table of what has no month is not waited for for long: the next run does it. */
    private void add(String month) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local lock_timeout = '2s'");
            Rows.query(connection, "select add_event_month(?::date)", row -> row.getBoolean(1), month);
            connection.commit();
        } catch (SQLException e) {
            throw new DatabaseException("the table of events of " + month + " cannot be made: " + e.getMessage(), e);
        }
    }
}
