package com.laincloud.registry.integrity;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.integrity.IntegrityCheck.Repair;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.storage.StorageDriver;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Duration;
import javax.sql.DataSource;

/** Compares the index with the storage each week, and says in the log what is wrong. */
@Singleton
public class IntegrityJob implements Job {

    static final String NAME = "integrity-check";

    private static final System.Logger LOG = System.getLogger(IntegrityJob.class.getName());
    private static final Duration LOOK_AT_SETTINGS = Duration.ofMinutes(1);

    private final CurrentSettings settings;
    private final StorageDriver storage;

    @Inject
    public IntegrityJob(CurrentSettings settings, StorageDriver storage) {
        this.settings = settings;
        this.storage = storage;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration interval() {
        return settings.get().integrityInterval().orElse(LOOK_AT_SETTINGS);
    }

    @Override
    public boolean isWanted() {
        Settings now = settings.get();
        return now.integrityInterval().isPresent() && mayBeRequested();
    }

    @Override
    public boolean mayBeRequested() {
        Storage storage = settings.get().storage();
        return storage.driver().outlivesRegistry() && !storage.readOnly();
    }

    @Override
    public String run(JobRun run) {
        DataSource database = new ConfiguredDataSource();
        new StorageIdentity(database, storage).require();
        Faults faults =
                new IntegrityCheck(database, storage, Repair.NOTHING, line -> LOG.log(Level.WARNING, line), run).goOn();
        LOG.log(Level.INFO, "integrity: " + faults);
        return faults.toString();
    }
}
