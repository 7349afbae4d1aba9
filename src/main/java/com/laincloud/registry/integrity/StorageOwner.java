package com.laincloud.registry.integrity;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.lifecycle.StartUp;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;

/** Says at the start whether the storage is the one of the database. Pulls and pushes go on where it is not. */
@Singleton
public class StorageOwner {

    private static final System.Logger LOG = System.getLogger(StorageOwner.class.getName());

    private final CurrentSettings settings;
    private final StorageDriver storage;

    @Inject
    public StorageOwner(CurrentSettings settings, StorageDriver storage) {
        this.settings = settings;
        this.storage = storage;
    }

    void start(@Observes StartUp startUp) {
        Storage configured = settings.get().storage();
        if (configured.readOnly()) {
            return;
        }
        StorageIdentity identity = new StorageIdentity(new ConfiguredDataSource(), storage);
        try {
            if (configured.driver() == Storage.Driver.FILESYSTEM) {
                identity.require();
            } else {
                identity.place();
            }
        } catch (IllegalStateException | StorageException e) {
            LOG.log(Level.ERROR, e.getMessage() + "; nothing is collected until that is mended");
        }
    }
}
