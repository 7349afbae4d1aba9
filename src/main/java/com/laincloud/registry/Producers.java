package com.laincloud.registry;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.filesystem.FilesystemDriver;
import com.laincloud.registry.storage.inmemory.InMemoryDriver;
import jakarta.annotation.Resource;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Clock;
import javax.sql.DataSource;

/** The composition root: what the container cannot find by itself. */
@Singleton
@SuppressWarnings("UnusedVariable") // the container reads the fields
public class Producers {

    @Produces
    @PersistenceContext(unitName = "registry")
    private EntityManager entities;

    @Produces
    @Resource(lookup = "java:app/registryDS")
    private DataSource database;

    @Produces
    @Singleton
    StorageDriver storage(CurrentSettings settings) {
        return switch (settings.get().storage().driver()) {
            case FILESYSTEM ->
                new FilesystemDriver(settings.get().storage().rootDirectory(), 1 << 24, Clock.systemUTC());
            case INMEMORY -> new InMemoryDriver(1L << 30, Clock.systemUTC());
        };
    }
}
