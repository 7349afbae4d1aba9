package com.laincloud.registry.index;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The number that the storage of this process showed when it was last asked. The row of a blob is written only while it is the
 * one of the database: a process that was frozen while all blobs were moved to another storage still writes to the former one.
 */
@Singleton
public class StorageInUse {

    private volatile @Nullable UUID identity;

    /** Says what the storage shows now. */
    public void shows(UUID shown) {
        identity = shown;
    }

    /** What it showed; empty where no storage was asked, as at a start with one that is read only. */
    public Optional<UUID> shown() {
        return Optional.ofNullable(identity);
    }
}
