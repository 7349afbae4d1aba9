package com.laincloud.registry.integrity;

import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.StorageIdentityRow;
import com.laincloud.registry.index.StorageIdentityRow.Expected;
import com.laincloud.registry.storage.StorageDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Whether a storage is the one that belongs to the database. Both bear a number. A storage without one gets it from the first
 * registry that uses it; afterwards one without the number is another directory, a disk that is not mounted for example.
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
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            ConnectionTransaction.run(connection, transaction -> {
                require(new StorageIdentityRow(transaction));
                return true;
            });
        } catch (SQLException e) {
            throw new DatabaseException("the database did not say which storage is its own: " + e.getMessage(), e);
        }
    }

    private void require(StorageIdentityRow row) throws SQLException {
        Expected expected = row.read();
        Optional<UUID> found = storage.identity();
        if (found.isEmpty() && !expected.isPlaced()) {
            place(row, expected);
        } else if (found.isEmpty()) {
            throw new IllegalStateException("the storage does not say that it is the one of this database ("
                    + expected.identity() + "): is its disk mounted?");
        } else if (!found.get().equals(expected.identity())) {
            throw new IllegalStateException("the storage is the one of another database: its number is " + found.get()
                    + ", not " + expected.identity());
        } else if (!expected.isPlaced()) { // an earlier process was killed before it could say so
            row.notePlaced();
        }
    }

    /** Tells the storage that it belongs to the database, whatever it says until now. */
    public void place() {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            ConnectionTransaction.run(connection, transaction -> {
                StorageIdentityRow row = new StorageIdentityRow(transaction);
                place(row, row.read());
                return true;
            });
        } catch (SQLException e) {
            throw new DatabaseException("the database did not say which storage is its own: " + e.getMessage(), e);
        }
    }

    private void place(StorageIdentityRow row, Expected expected) throws SQLException {
        storage.identify(expected.identity());
        row.notePlaced();
    }
}
