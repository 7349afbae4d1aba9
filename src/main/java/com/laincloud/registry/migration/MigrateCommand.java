package com.laincloud.registry.migration;

import com.laincloud.registry.config.ProcessSettingValues;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.CommandDatabase;
import com.laincloud.registry.jobs.JobRunner;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.configured.ConfiguredStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** {@code registry migrate}: copies all blobs to the storage of another configuration, also while a registry runs. */
public final class MigrateCommand {

    private static final String JOB = "storage-migration";

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines for people */
    public MigrateCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    /**
     * Copies what is not copied yet.
     *
     * @param words {@code --to}, the configuration file that says by itself all of the storage to copy to; then {@code --anew} if
     *     a move to another one is given up for this one, and {@code --finish} if the blobs are to lie there from now on
     * @return whether everything was copied
     * @throws RuntimeException if it cannot be done, in one line
     */
    public boolean run(List<String> words) {
        Set<String> options = Set.copyOf(words.subList(Math.min(2, words.size()), words.size()));
        if (words.size() < 2
                || !words.getFirst().equals("--to")
                || !Set.of("--anew", "--finish").containsAll(options)) {
            throw new IllegalArgumentException("takes --to FILE [--anew] [--finish]; try registry --help");
        }
        boolean finishes = options.contains("--finish");
        Storage to =
                Settings.read(ProcessSettingValues.of(Path.of(words.get(1)))).storage();
        ConfiguredStorage.requireToOutliveRegistry(settings.storage());
        ConfiguredStorage.requireToOutliveRegistry(to);
        DataSource database = CommandDatabase.of(settings.database());
        try (StorageDriver source = ConfiguredStorage.open(settings.storage());
                StorageDriver target = ConfiguredStorage.open(to)) {
            target.check();
            boolean isWhole = new JobRunner(database)
                    .runNow(
                            JOB,
                            run -> new StorageMigration(database, source, target, report, run)
                                    .run(options.contains("--anew"), finishes))
                    .orElseThrow(() -> new IllegalStateException(
                            "another move is running: see audit.job_run for how far it has come"));
            if (finishes && settings.database().address().url().isEmpty()) {
                report.accept("the database stays where it is: database.directory has to be "
                        + settings.database().directory().toAbsolutePath());
            }
            return isWhole;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
