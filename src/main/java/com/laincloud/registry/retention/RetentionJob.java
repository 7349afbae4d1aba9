package com.laincloud.registry.retention;

import com.laincloud.registry.collection.CollectionJob;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Schedule;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.JobRunner;
import com.laincloud.registry.storage.StorageDriver;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Deletes tags by the rules from time to time, where the settings say so; by a schedule, what they named is collected then. */
@Singleton
public class RetentionJob implements Job {

    static final String NAME = "retention";

    private static final System.Logger LOG = System.getLogger(RetentionJob.class.getName());
    private static final Duration LOOK_AT_SETTINGS = Duration.ofMinutes(1);

    private final CurrentSettings settings;
    private final StorageDriver storage;
    private final CollectionJob collection;

    @Inject
    public RetentionJob(CurrentSettings settings, StorageDriver storage, CollectionJob collection) {
        this.settings = settings;
        this.storage = storage;
        this.collection = collection;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration interval() {
        return settings.get().retention().interval().orElse(LOOK_AT_SETTINGS);
    }

    @Override
    public Optional<Schedule> schedule() {
        return settings.get().retention().schedule();
    }

    /** By a schedule it is run without rules as well, because the collection goes by the same. */
    @Override
    public boolean isWanted() {
        Settings now = settings.get();
        boolean isAsked = now.retention().schedule().isPresent()
                || (now.retention().interval().isPresent()
                        && !now.retention().rules().isEmpty());
        return isAsked && !now.storage().readOnly();
    }

    @Override
    public boolean mayBeRequested() {
        return !settings.get().storage().readOnly();
    }

    @Override
    public String run(JobRun run) {
        Settings now = settings.get();
        String done = new TagDeletion(
                        new ConfiguredDataSource(),
                        storage,
                        new TagRules(now.retention().rules()),
                        now.garbageCollection().restorable(),
                        run)
                .run();
        LOG.log(Level.INFO, "retention: " + done);
        boolean collects = now.retention().schedule().isPresent()
                && now.garbageCollection().interval().isEmpty();
        if (collects && !run.isOver()) {
            collect(run, done);
        }
        return done;
    }

    /** A run of its own, unless a command is at one. If it fails, both are tried again. */
    private void collect(JobRun run, String done) {
        try {
            new JobRunner(new ConfiguredDataSource()).runNow(collection.name(), collection::run, run::isOver);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IllegalStateException(done + "; the collection after it failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (CancellationException) new CancellationException("interrupted").initCause(e);
        }
    }
}
