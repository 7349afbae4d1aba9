package com.laincloud.registry.collection;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.GarbageCollection;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.storage.StorageDriver;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Collects garbage from time to time, where the settings say so. */
@Singleton
public class CollectionJob implements Job {

    static final String NAME = "garbage-collection";

    private static final System.Logger LOG = System.getLogger(CollectionJob.class.getName());
    private static final Duration LOOK_AT_SETTINGS = Duration.ofMinutes(1);

    private final CurrentSettings settings;
    private final StorageDriver storage;

    @Inject
    public CollectionJob(CurrentSettings settings, StorageDriver storage) {
        this.settings = settings;
        this.storage = storage;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration interval() {
        return settings.get().garbageCollection().interval().orElse(LOOK_AT_SETTINGS);
    }

    @Override
    public boolean isWanted() {
        Settings now = settings.get();
        return now.garbageCollection().interval().isPresent() && !now.storage().readOnly();
    }

    @Override
    public boolean mayBeRequested() {
        return !settings.get().storage().readOnly();
    }

    @Override
    public String run(JobRun run) {
        GarbageCollection configured = settings.get().garbageCollection();
        Collected collected =
                new Collector(new ConfiguredDataSource(), storage, Windows.of(configured), true, run).run();
        LOG.log(Level.INFO, "garbage collection: " + collected);
        return collected.toString();
    }
}
