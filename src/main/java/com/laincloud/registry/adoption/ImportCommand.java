package com.laincloud.registry.adoption;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.CommandDatabase;
import com.laincloud.registry.integrity.StorageIdentity;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.JobRunner;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.TreeReader;
import com.laincloud.registry.storage.configured.ConfiguredStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * {@code registry import}: a pass over the tree in a process of its own. It works with the database of the configuration;
 * if that is the embedded one, with that of the registry that runs, or with one it runs itself for as long as it takes.
 */
public final class ImportCommand {

    private static final int MOST_WORKERS = 4;
    private static final Duration PACE = Duration.ofSeconds(2);

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines for people */
    public ImportCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    /**
     * Imports the tree in the storage.
     *
     * @param verifies whether to read and hash every byte
     * @return whether all of it could be imported
     * @throws RuntimeException if it cannot be, in one line
     */
    public boolean run(boolean verifies) {
        ConfiguredStorage.requireToOutliveRegistry(settings.storage());
        try (TreeReader reader = ConfiguredStorage.openTree(settings.storage())) {
            DistributionTree tree = new DistributionTree(reader);
            tree.requirePresent();
            DataSource database = CommandDatabase.of(settings.database());
            requireOwnStorage(database);
            return run(database, tree, verifies);
        }
    }

    /** Or rows would name what the storage of the registry does not hold. As a start, which asks no storage that is read only. */
    private void requireOwnStorage(DataSource database) {
        if (settings.storage().readOnly()) {
            return;
        }
        try (StorageDriver storage = ConfiguredStorage.open(settings.storage())) {
            new StorageIdentity(database, storage).require();
        }
    }

    private boolean run(DataSource database, DistributionTree tree, boolean verifies) {
        Instant begin = Instant.now();
        Summary summary = onlyOne(database, tree, verifies)
                .orElseThrow(() -> new IllegalStateException(
                        "another import is running: see audit.import for how far it has come"));
        report.accept("done in " + Duration.between(begin, Instant.now()).toSeconds() + " s: " + summary);
        return summary.broken() == 0;
    }

    private Optional<Summary> onlyOne(DataSource database, DistributionTree tree, boolean verifies) {
        try {
            return new JobRunner(database).runNow(Import.JOB, run -> pass(run, database, tree, verifies));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Summary pass(JobRun run, DataSource database, DistributionTree tree, boolean verifies) {
        int workers = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, MOST_WORKERS);
        try (Import pass = new Import(run, tree, database, workers, report, PACE)) {
            return pass.run(verifies);
        }
    }
}
