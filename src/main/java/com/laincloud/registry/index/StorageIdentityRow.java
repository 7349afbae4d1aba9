package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** Which storage belongs to the database. */
public final class StorageIdentityRow {

    private final Connection connection;

    public StorageIdentityRow(Connection connection) {
        this.connection = connection;
    }

    /**
     * The number that the storage of this database bears.
     *
     * @param isPlaced whether it was written to a storage already
     */
    public record Expected(UUID identity, boolean isPlaced) {}

    /** The number; another process that asks waits until the transaction ends. */
    public Expected read() throws SQLException {
        return Rows.query(
                        connection,
                        "select identity, placed from storage_identity for update",
                        row -> new Expected(row.getObject(1, UUID.class), row.getBoolean(2)))
                .getFirst();
    }

    /** Notes that the number was written to the storage. */
    public void notePlaced() throws SQLException {
        Rows.update(connection, "update storage_identity set placed = true where not placed");
    }
}
