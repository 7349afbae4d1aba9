package com.laincloud.registry.retention;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.CommandDatabase;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.JobRunner;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.configured.ConfiguredStorage;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * {@code registry retention}: deletes tags by the rules of the configuration, or tells what the rules say of them. It works with
 * the database and the storage of the configuration.
 */
public final class RetentionCommand {

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines for people */
    public RetentionCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    /**
     * Does it.
     *
     * @param words {@code run}; or {@code explain}, and behind it, if wanted, a repository or {@code REPOSITORY:TAG}
     * @return true
     * @throws RuntimeException if it cannot be done, in one line
     */
    public boolean run(List<String> words) {
        if (settings.retention().rules().isEmpty()) {
            throw new IllegalStateException("retention.rules: there are none, so no tag goes");
        }
        Storage configured = settings.storage();
        ConfiguredStorage.requireToOutliveRegistry(configured);
        DataSource database = CommandDatabase.of(settings.database());
        try (StorageDriver storage = ConfiguredStorage.open(configured)) {
            if (words.getFirst().equals("explain")) {
                explain(database, storage, words.size() > 1 ? words.get(1) : "");
            } else {
                delete(database, storage);
            }
        }
        return true;
    }

    private TagDeletion deletion(DataSource database, StorageDriver storage, JobRun run) {
        return new TagDeletion(
                database,
                storage,
                new TagRules(settings.retention().rules()),
                settings.garbageCollection().restorable(),
                run);
    }

    private void delete(DataSource database, StorageDriver storage) {
        if (settings.storage().readOnly()) {
            throw new IllegalStateException("storage.maintenance.readonly.enabled: nothing may be changed");
        }
        try {
            report.accept(new JobRunner(database, report)
                    .runRequested(
                            RetentionJob.NAME,
                            run -> deletion(database, storage, run).run())
                    .orElseThrow(() -> new IllegalStateException(
                            "another run is at it: see audit.job_run for how far it has come")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void explain(DataSource database, StorageDriver storage, String wanted) {
        Count count = new Count();
        int colon = wanted.indexOf(':');
        String named = colon < 0 ? wanted : wanted.substring(0, colon);
        Predicate<RepositoryName> isNamed = repository -> named.isEmpty() || named.equals(repository.value());
        deletion(database, storage, new WholeRun()).explain(isNamed, (repository, verdict) -> {
            String name = repository.name() + ":" + verdict.tag().name();
            if (colon < 0 || wanted.equals(name)) {
                count.looked++;
                count.going += verdict.goes() ? 1 : 0;
                report.accept("%s %s: rule %d, %s"
                        .formatted(verdict.goes() ? "goes " : "stays", name, verdict.rule(), verdict.reason()));
            }
        });
        report.accept(count.going + " of " + count.looked + " tags would be deleted");
    }

    private static final class Count {

        private long looked;
        private long going;
    }

    /** Of a command that a signal ends. */
    private static final class WholeRun implements JobRun {

        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void tell(String progress) {
            // all is told at the end
        }
    }
}
