package com.laincloud.registry.integrity;

import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.IntegrityRows;
import com.laincloud.registry.index.IntegrityRows.NumberedBlob;
import com.laincloud.registry.index.StorageIdentityRow;
import com.laincloud.registry.index.StorageIdentityRow.Expected;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Whether a storage is the one that belongs to the database. Both bear a number. A storage without one gets it from the first
 * registry that uses it, if it holds blobs of the index or there are none; afterwards one without the number is another
 * directory, for example that of a disk that is not mounted.
 */
public final class StorageIdentity {

    private final DataSource database;
    private final StorageDriver storage;

    public StorageIdentity(DataSource database, StorageDriver storage) {
        this.database = database;
        this.storage = storage;
    }

    /**
     * Requires that the storage belongs to the database; the first time, makes it so.
     *
     * @throws IllegalStateException if it does not, in one line
     * @throws DatabaseException if the database fails
     */
    public void require() {
        withRow(this::require);
    }

    private void require(Connection connection, StorageIdentityRow row) throws SQLException {
        Expected expected = row.read();
        Optional<UUID> found = storage.identity();
        if (found.isEmpty() && !expected.isPlaced() && holdsBlobs(connection)) {
            place(row, expected);
        } else if (found.isEmpty()) {
            throw new IllegalStateException("the storage does not say that it is the one of this database ("
                    + expected.identity() + "): is its disk mounted? A new disk is taken by registry check --claim");
        } else if (!found.get().equals(expected.identity())) {
            throw new IllegalStateException("the storage is the one of another database: its number is " + found.get()
                    + ", not " + expected.identity() + "; it is taken by registry check --claim");
        } else if (!expected.isPlaced()) { // an earlier process was killed before it could say so
            row.notePlaced();
        }
    }

    /** Whether the storage holds the first blobs of the index, or there are none; so that it may be the one they are in. */
    private boolean holdsBlobs(Connection connection) throws SQLException {
        List<NumberedBlob> first = new IntegrityRows(connection).blobs(0);
        return first.isEmpty() || first.stream().map(NumberedBlob::blob).anyMatch(this::isThere);
    }

    private boolean isThere(Blob blob) {
        try {
            return storage.size(blob.key()).isPresent();
        } catch (StorageException e) { // not even the place of all blobs is there
            return false;
        }
    }

    /** Tells the storage that it belongs to the database, whatever it says until now, and has the database rely on that. */
    public void place() {
        withRow((connection, row) -> place(row, row.read()));
    }

    /** Tells a storage that lives no longer than this process that it belongs to the database. */
    void lend() {
        withRow((connection, row) -> storage.identify(row.read().identity()));
    }

    private void place(StorageIdentityRow row, Expected expected) throws SQLException {
        storage.identify(expected.identity());
        row.notePlaced();
    }

    @FunctionalInterface
    private interface Work {
        void on(Connection connection, StorageIdentityRow row) throws SQLException;
    }

    private void withRow(Work work) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            ConnectionTransaction.run(connection, transaction -> {
                work.on(transaction, new StorageIdentityRow(transaction));
                return true;
            });
        } catch (SQLException e) {
            throw new DatabaseException("the database did not say which storage is its own: " + e.getMessage(), e);
        }
    }
}
