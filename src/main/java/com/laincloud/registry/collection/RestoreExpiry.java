package com.laincloud.registry.collection;

import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.DeletedRows;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Removes the bytes of deleted manifests that can be restored no longer. */
@Singleton
public class RestoreExpiry implements Job {

    private static final Duration INTERVAL = Duration.ofHours(1);

    private final DataSource database;

    @Inject
    RestoreExpiry() {
        this(new ConfiguredDataSource());
    }

    RestoreExpiry(DataSource database) {
        this.database = database;
    }

    @Override
    public String name() {
        return "restore-expiry";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public String run(JobRun run) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            long ended = 0;
            int batch = 1;
            while (batch > 0 && !run.isOver()) {
                batch = ConnectionTransaction.run(connection, DeletedRows::expire);
                ended += batch;
                run.tell(ended + " things can be restored no longer");
            }
            return ended + " things can be restored no longer";
        } catch (SQLException e) {
            throw new DatabaseException("the database failed: " + e.getMessage(), e);
        }
    }
}
