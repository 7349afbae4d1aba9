package com.laincloud.registry.storage.configured;

import com.laincloud.registry.config.Storage;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.TreeReader;
import com.laincloud.registry.storage.filesystem.FileTree;
import com.laincloud.registry.storage.filesystem.FilesystemDriver;
import com.laincloud.registry.storage.inmemory.EmptyTree;
import com.laincloud.registry.storage.inmemory.InMemoryDriver;
import com.laincloud.registry.storage.s3.BucketTree;
import com.laincloud.registry.storage.s3.S3Driver;
import java.time.Clock;

/** Opens the driver that the settings ask for. */
public final class ConfiguredStorage {

    private ConfiguredStorage() {}

    /** The driver of a registry. To be closed. */
    public static StorageDriver open(Storage configured) {
        Clock clock = Clock.systemUTC();
        return switch (configured.driver()) {
            case FILESYSTEM -> new FilesystemDriver(configured.rootDirectory(), configured.reservedBytes(), clock);
            case INMEMORY -> new InMemoryDriver(Runtime.getRuntime().maxMemory() / 2, clock);
            case S3, OSS -> new S3Driver(configured.s3().orElseThrow(), clock);
        };
    }

    /** What another registry may have left where that driver keeps its bytes. To be closed. */
    public static TreeReader openTree(Storage configured) {
        return switch (configured.driver()) {
            case FILESYSTEM -> new FileTree(configured.rootDirectory());
            case INMEMORY -> new EmptyTree();
            case S3, OSS -> new BucketTree(configured.s3().orElseThrow(), Clock.systemUTC());
        };
    }

    /**
     * Refuses a storage in which another process finds nothing.
     *
     * @throws IllegalStateException in one line
     */
    public static void requireToOutliveRegistry(Storage configured) {
        if (!configured.driver().outlivesRegistry()) {
            throw new IllegalStateException("storage: nothing that is kept in memory outlives the registry");
        }
    }
}
