package com.laincloud.registry.collection;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Retention;
import com.laincloud.registry.config.Retention.Rule;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.DeletedRows;
import com.laincloud.registry.index.DeletedRows.BurnedTags;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Removes the bytes of deleted manifests that can be restored no longer. */
@Singleton
public class RestoreExpiry implements Job {

    private static final Duration INTERVAL = Duration.ofHours(1);

    private final DataSource database;
    private final Supplier<Retention> retention;

    @Inject
    RestoreExpiry(CurrentSettings settings) {
        this(new ConfiguredDataSource(), () -> settings.get().retention());
    }

    RestoreExpiry(DataSource database, Supplier<Retention> retention) {
        this.database = database;
        this.retention = retention;
    }

    private List<BurnedTags> burned() {
        return retention.get().rules().stream()
                .filter(Rule::burn)
                .flatMap(rule -> rule.repositoryExpressions().stream()
                        .flatMap(repository ->
                                rule.immutableExpressions().stream().map(tag -> new BurnedTags(repository, tag))))
                .toList();
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
            List<BurnedTags> burned = burned();
            long ended = 0;
            int batch = 1;
            while (batch > 0 && !run.isOver()) {
                batch = ConnectionTransaction.run(connection, transaction -> DeletedRows.expire(transaction, burned));
                ended += batch;
                run.tell(ended + " things can be restored no longer");
            }
            return ended + " things can be restored no longer";
        } catch (SQLException e) {
            throw new DatabaseException("the database failed: " + e.getMessage(), e);
        }
    }
}
