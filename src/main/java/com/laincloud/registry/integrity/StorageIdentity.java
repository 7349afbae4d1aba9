package com.laincloud.registry.integrity;

import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.IntegrityRows;
import com.laincloud.registry.index.IntegrityRows.NumberedBlob;
import com.laincloud.registry.index.MigrationRows;
import com.laincloud.registry.index.StorageIdentityRow;
import com.laincloud.registry.index.StorageIdentityRow.Expected;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriver.Note;
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
 * directory, for example that of a disk that is not mounted. A database that was restored into another cluster bears the number
 * too, and may be a copy beside the one it is from: it uses the storage and deletes nothing in it until it claims it.
 */
public final class StorageIdentity {

    private static final String COPY =
            "this database was restored into another cluster of PostgreSQL, and the one it is from"
                    + " may still use the storage: nothing is deleted in it until registry check --claim";

    private final DataSource database;
    private final StorageDriver storage;

    public StorageIdentity(DataSource database, StorageDriver storage) {
        this.database = database;
        this.storage = storage;
    }

    /**
     * Requires that the storage belongs to the database; the first time, makes it so.
     *
     * @return the number of both
     * @throws IllegalStateException if it does not, in one line
     * @throws DatabaseException if the database fails
     */
    public UUID require() {
        return withRow(this::require).identity();
    }

    /**
     * Requires that the storage belongs to the database, and that the database is no copy, so that what it does not know may be
     * deleted.
     *
     * @throws IllegalStateException if it does not, in one line
     * @throws DatabaseException if the database fails
     */
    public void requireOwn() {
        if (!withRow(this::require).isOwn()) {
            throw new IllegalStateException(COPY);
        }
    }

    /** What an operator is to know of a database that is a copy, as far as it can be seen. */
    public Optional<String> warning() {
        return withRow((connection, row) -> row.read()).isOwn() ? Optional.empty() : Optional.of(COPY);
    }

    private Expected require(Connection connection, StorageIdentityRow row) throws SQLException {
        Expected expected = row.read();
        Optional<UUID> found = found();
        if (found.isEmpty() && !expected.isPlaced() && holdsBlobs(connection)) {
            place(row, expected);
            return expected;
        }
        requireSame(expected.identity(), found);
        if (!expected.isPlaced()) { // an earlier process was killed before it could say so
            row.notePlaced();
        }
        return expected;
    }

    /**
     * Requires that the storage still belongs to the database, where it did before; changes nothing and locks nothing.
     *
     * @return the number of both; empty if they had none before
     * @throws IllegalStateException if it does not, in one line
     * @throws DatabaseException if the database fails
     */
    public Optional<UUID> requireStill() {
        Optional<UUID> expected = StorageIdentityRow.placed(database);
        expected.ifPresent(identity -> requireSame(identity, found()));
        return expected;
    }

    private void requireSame(UUID expected, Optional<UUID> found) {
        if (!found.equals(Optional.of(expected))) {
            requireNotMoved(expected);
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("the storage does not say that it is the one of this database (" + expected
                    + "): is its disk mounted? A new disk is taken by registry check --claim");
        }
        if (!found.get().equals(expected)) {
            throw new IllegalStateException("the storage is the one of another database: its number is " + found.get()
                    + ", not " + expected + "; it is taken by registry check --claim");
        }
    }

    /** Who claimed a storage at one end of a move would lose what is at the other one. */
    private void requireNotMoved(UUID expected) {
        if (MigrationRows.isFinished(database, expected.toString()).equals(Optional.of(true))) {
            throw new IllegalStateException(
                    "all blobs were moved to another storage by registry migrate: start with the one that"
                            + " says that it is " + expected + ", or mount its disk");
        }
        requireNotMovedTo();
    }

    private void requireNotMovedTo() {
        if (number().flatMap(move -> MigrationRows.isFinished(database, move)).equals(Optional.of(false))) {
            throw new IllegalStateException(
                    "the move to this storage has not ended: start with the former one, or end it by"
                            + " registry migrate --finish");
        }
    }

    private Optional<String> number() {
        return storage.note(Note.IDENTITY).map(String::strip);
    }

    /**
     * The number that the storage shows.
     *
     * @throws IllegalStateException if what it shows is none, in one line
     */
    Optional<UUID> found() {
        try {
            return number().map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the storage does not hold the number of a registry where it should; it is taken by registry check --claim",
                    e);
        }
    }

    private void write(UUID identity) {
        storage.write(Note.IDENTITY, identity + "\n");
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

    /**
     * Tells the storage that it belongs to the database, whatever it says until now, and has the database rely on that. The
     * number is a new one: where a copy of the database, or an old disk, comes back with the old number, it is told apart.
     *
     * @throws IllegalStateException if a move to that storage has not ended, in one line
     */
    public void claim() {
        requireNotMovedTo();
        withRow((connection, row) -> place(row, row.renew()));
        storage.write(Note.AUDIT_HEADS, ""); // what another database had recorded
    }

    /** Tells a storage that lives no longer than this process that it belongs to the database, and returns the number of both. */
    UUID lend() {
        return withRow((connection, row) -> {
                    Expected expected = row.read();
                    write(expected.identity());
                    return expected;
                })
                .identity();
    }

    private Expected place(StorageIdentityRow row, Expected expected) throws SQLException {
        write(expected.identity());
        row.notePlaced();
        return expected;
    }

    @FunctionalInterface
    private interface Work {
        Expected on(Connection connection, StorageIdentityRow row) throws SQLException;
    }

    private Expected withRow(Work work) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            return ConnectionTransaction.run(
                    connection, transaction -> work.on(transaction, new StorageIdentityRow(transaction)));
        } catch (SQLException e) {
            throw new DatabaseException("the database did not say which storage is its own: " + e.getMessage(), e);
        }
    }
}
