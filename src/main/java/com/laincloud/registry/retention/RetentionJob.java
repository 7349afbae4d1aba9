package com.laincloud.registry.retention;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.storage.StorageDriver;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Deletes tags by the rules from time to time, where the settings say so. */
@Singleton
public class RetentionJob implements Job {

    static final String NAME = "retention";

    private static final System.Logger LOG = System.getLogger(RetentionJob.class.getName());
    private static final Duration LOOK_AT_SETTINGS = Duration.ofMinutes(1);

    private final CurrentSettings settings;
    private final StorageDriver storage;

    @Inject
    public RetentionJob(CurrentSettings settings, StorageDriver storage) {
        this.settings = settings;
        this.storage = storage;
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
    public boolean isWanted() {
        Settings now = settings.get();
        return now.retention().interval().isPresent()
                && !now.retention().rules().isEmpty()
                && !now.storage().readOnly();
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
        return done;
    }
}
