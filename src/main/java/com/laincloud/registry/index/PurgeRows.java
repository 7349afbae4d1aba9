package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.storage.StorageKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** The keys of bytes that no blob has any more. Each statement is to be committed before anything follows from it. */
public final class PurgeRows {

    private static final int BATCH = 100;
    private static final int ATTEMPTS = 10;

    private final Connection connection;

    public PurgeRows(Connection connection) {
        this.connection = connection;
    }

    /**
     * Takes keys whose bytes are to be deleted: for five minutes others leave them alone. A key that is taken again was not
     * deleted to the end; that its bytes are gone is no fault.
     */
    public List<StorageKey> take() throws SQLException {
        return Rows.query(connection, """
                update purge set not_before = now() + interval '5 minutes', attempts = attempts + 1
                where storage_key = any(array(
                    select storage_key from purge where not_before <= now()
                    order by not_before limit %d for update skip locked))
                returning storage_key""".formatted(BATCH), row -> new StorageKey(row.getString(1)));
    }

    /** Forgets keys whose bytes were deleted. */
    public void forget(Collection<StorageKey> keys) throws SQLException {
        Rows.update(
                connection,
                "delete from purge where storage_key = any(?::text[])",
                Rows.texts(connection, keys, StorageKey::path));
        Rows.update(
                connection,
                "delete from integrity where fault = ? and thing = any(?::text[])",
                IntegrityFault.UNDELETABLE_BYTES.toString(),
                Rows.texts(connection, keys, StorageKey::path));
    }

    /** Notes those keys as a fault whose bytes could not be deleted ten times. They are tried again. */
    public void noteFailures(Collection<StorageKey> keys) throws SQLException {
        Rows.update(
                connection,
                """
                insert into integrity (fault, thing, size)
                select ?, storage_key, size from purge where storage_key = any(?::text[]) and attempts >= %d
                on conflict (fault, thing) do update set seen_at = now()""".formatted(ATTEMPTS),
                IntegrityFault.UNDELETABLE_BYTES.toString(),
                Rows.texts(connection, keys, StorageKey::path));
    }
}
