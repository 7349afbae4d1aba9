package com.laincloud.registry.collection;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.CommandDatabase;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.Garbage;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.JobRunner;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.configured.ConfiguredStorage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * {@code registry garbage-collect}: a collection in a process of its own, whether a registry runs beside it or not. It works
 * with the database and the storage of the configuration.
 */
public final class CollectCommand {

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines for people */
    public CollectCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    /**
     * Collects, or lists what nothing refers to.
     *
     * @param deletesUntagged whether manifests go that neither a tag nor an index names, though the settings keep them
     * @param isAtOnce whether nothing is kept for those who are just pushing
     * @return whether all that is due has gone
     * @throws RuntimeException if nothing can be done, in one line
     */
    public boolean run(boolean isDryRun, boolean deletesUntagged, boolean isAtOnce) {
        Storage storage = settings.storage();
        ConfiguredStorage.requireToOutliveRegistry(storage);
        if (storage.readOnly() && !isDryRun) {
            throw new IllegalStateException("storage.maintenance.readonly.enabled: nothing may be changed");
        }
        DataSource database = CommandDatabase.of(settings.database());
        Windows windows = Windows.of(settings.garbageCollection());
        if (deletesUntagged) {
            windows = windows.deletingUntagged();
        }
        return isDryRun
                ? list(database, windows.manifests().isPresent())
                : collect(database, isAtOnce ? windows.now() : windows, !isAtOnce, !deletesUntagged && !isAtOnce);
    }

    /** @param isOrdinary whether an instance of the registry would do the same, and so may go on with it */
    private boolean collect(DataSource database, Windows windows, boolean rests, boolean isOrdinary) {
        Instant begin = Instant.now();
        try {
            JobRunner runner = new JobRunner(database, report);
            Function<JobRun, Collected> work = run -> collect(database, windows, rests, run);
            Collected collected = (isOrdinary
                            ? runner.runRequested(CollectionJob.NAME, work)
                            : runner.runNow(CollectionJob.NAME, work))
                    .orElseThrow(() -> new IllegalStateException(
                            "another collection is running: see audit.job_run for how far it has come"));
            report.accept("done in " + Duration.between(begin, Instant.now()).toSeconds() + " s: " + collected);
            return collected.failed() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Collected collect(DataSource database, Windows windows, boolean rests, JobRun run) {
        Storage configured = settings.storage();
        try (StorageDriver storage = ConfiguredStorage.open(configured)) {
            return new Collector(database, storage, windows, rests, run).run();
        }
    }

    private boolean list(DataSource database, boolean deletesUntagged) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            ConfiguredDataSource.allowScans(connection);
            Garbage garbage = new Garbage(connection, deletesUntagged);
            Count manifests = new Count("manifest ");
            Count links = new Count("link ");
            Count blobs = new Count("blob ");
            garbage.manifests(manifests);
            garbage.links(links);
            garbage.blobs(blobs);
            report.accept(
                    "nothing refers to " + manifests.things + " manifests, " + links.things + " links to blobs and "
                            + blobs.things + " blobs of " + blobs.bytes + " bytes; each goes when its window is over");
            return true;
        } catch (SQLException e) {
            throw new DatabaseException("the database did not answer: " + e.getMessage(), e);
        }
    }

    private final class Count implements Garbage.Found {

        private final String kind;
        private long things;
        private long bytes;

        Count(String kind) {
            this.kind = kind;
        }

        @Override
        public void found(String name, long size) {
            things++;
            bytes += size;
            report.accept(kind + name + " " + size);
        }
    }
}
