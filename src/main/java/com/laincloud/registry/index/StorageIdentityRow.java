package com.laincloud.registry.index;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.database.Rows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

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
     * @param isOwn whether no other cluster of PostgreSQL wrote it there: a dump tells of the storage of where it is from
     */
    public record Expected(UUID identity, boolean isPlaced, boolean isOwn) {}

    /** The number; another process that asks waits until the transaction ends. */
    public Expected read() throws SQLException {
        return Rows.query(
                        connection,
                        """
                        select identity, placed,
                               system_identifier is null
                                   or system_identifier = (select system_identifier from pg_control_system())
                        from storage_identity for update""",
                        row -> new Expected(row.getObject(1, UUID.class), row.getBoolean(2), row.getBoolean(3)))
                .getFirst();
    }

    /** The number that a storage bears since it was written there; it may be changed at any moment. */
    public static Optional<UUID> placed(DataSource database) {
        return new Lookup<>(
                        database,
                        "select identity from storage_identity where placed",
                        row -> row.getObject(1, UUID.class))
                .first();
    }

    /** Notes that the number was written to the storage. */
    public void notePlaced() throws SQLException {
        Rows.update(connection, """
                update storage_identity
                set placed = true, system_identifier = (select system_identifier from pg_control_system())
                where not placed""");
    }

    /** Gives it another number, which a storage of this cluster bears already. */
    public void take(UUID identity) throws SQLException {
        Rows.update(connection, """
                update storage_identity
                set identity = ?, placed = true,
                    system_identifier = (select system_identifier from pg_control_system())""", identity);
    }

    /** Gives it another number, which no storage bears yet. */
    public Expected renew() throws SQLException {
        Rows.update(
                connection,
                "update storage_identity set identity = gen_random_uuid(), placed = false, system_identifier = null");
        return read();
    }
}
