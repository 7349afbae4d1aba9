package com.laincloud.registry.integrity;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.index.StorageInUse;
import com.laincloud.registry.lifecycle.StartUp;
import com.laincloud.registry.storage.StorageDriver;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;

/**
 * Requires at the start that the storage is the one of the database: what is pushed to a directory whose disk is not mounted
 * would be gone when it is.
 */
@Singleton
public class StorageOwner {

    private static final System.Logger LOG = System.getLogger(StorageOwner.class.getName());

    private final CurrentSettings settings;
    private final StorageDriver storage;
    private final StorageInUse inUse;

    @Inject
    public StorageOwner(CurrentSettings settings, StorageDriver storage, StorageInUse inUse) {
        this.settings = settings;
        this.storage = storage;
        this.inUse = inUse;
    }

    /** @throws IllegalStateException if it is not, in one line */
    void start(@Observes StartUp startUp) {
        Storage configured = settings.get().storage();
        StorageIdentity identity = new StorageIdentity(new ConfiguredDataSource(), storage);
        if (!configured.driver().outlivesRegistry()) {
            inUse.shows(identity.lend());
        } else if (!configured.readOnly()) {
            inUse.shows(identity.require());
            identity.warning().ifPresent(warning -> LOG.log(Level.WARNING, warning));
        }
    }
}
