package com.laincloud.registry.integrity;

import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.StorageInUse;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Tells bytes that are lost from a storage that is not there: of a disk that is not mounted nothing is lost, and what took the
 * place of bytes in it would be gone when it is mounted again.
 */
@Singleton
public class OwnStorage {

    private final StorageDriver storage;
    private final StorageIdentity identity;
    private final StorageInUse inUse;

    @Inject
    public OwnStorage(DataSource database, StorageDriver storage, StorageInUse inUse) {
        this.storage = storage;
        this.identity = new StorageIdentity(database, storage);
        this.inUse = inUse;
    }

    /**
     * Requires that bytes which were just committed lie in a storage that shows a number, and no disk was mounted or unmounted since
     * they came. Whether it is the number of the database, the statement that writes their row decides. Asks the storage alone,
     * unless it is {@linkplain StorageDriver#isTrusted() trusted}: nothing takes the place of that.
     *
     * @throws StorageException if not, or it does not answer
     */
    public void requireToHold(StorageKey key) {
        if (storage.isTrusted()) {
            return;
        }
        Optional<UUID> shown = shown();
        shown.ifPresentOrElse(inUse::shows, this::require);
        if (storage.size(key).isEmpty()) {
            throw StorageException.failed("another disk was mounted or unmounted: " + key + " is not there", null);
        }
    }

    private Optional<UUID> shown() {
        try {
            return identity.found();
        } catch (IllegalStateException e) {
            throw refused(e);
        }
    }

    private static StorageException refused(IllegalStateException reason) {
        return StorageException.failed(String.valueOf(reason.getMessage()), null);
    }

    /**
     * Requires that the storage is the one of the database at this moment. Asks both, so that it is for use where bytes are
     * missed, and not in a transaction.
     *
     * @throws StorageException if it is not, or does not answer
     * @throws DatabaseException if the database cannot answer
     */
    public void require() {
        try {
            identity.requireStill().ifPresent(inUse::shows);
        } catch (IllegalStateException e) {
            throw refused(e);
        }
    }
}
