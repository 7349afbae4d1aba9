package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.IntegrityRows.NumberedBlob;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.StorageKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** The move of all blobs to another storage, as far as it has come. Each call is to be committed. */
public final class MigrationRows {

    private static final int PAGE = 500;

    private static final String OPEN = """
            from blob b where not exists (select from migrated_blob m where m.source_key = b.storage_key)""";

    private final Connection connection;

    public MigrationRows(Connection connection) {
        this.connection = connection;
    }

    /** Blobs that are still to be copied. */
    public record Open(long blobs, long bytes) {}

    /**
     * A copy of a blob.
     *
     * @param source where the bytes lie that the blob's row knows
     * @param key where the copy lies, in the other storage
     */
    public record Copied(StorageKey source, StorageKey key, long size) {}

    /** The number that the other storage bears, of the move that has not ended. */
    public Optional<UUID> unfinished() throws SQLException {
        return Rows.query(
                        connection,
                        "select identity from migration where finished_at is null",
                        row -> row.getObject(1, UUID.class))
                .stream()
                .findFirst();
    }

    /** Begins a move, in the place of one that has not ended, and gives it a number for the other storage. */
    public UUID begin() throws SQLException {
        Rows.update(connection, "delete from migrated_blob");
        Rows.update(connection, "delete from migration where finished_at is null");
        Rows.update(connection, "insert into migration default values");
        return unfinished().orElseThrow();
    }

    /** Whether the number is that of a move, and that has ended; empty if it is that of none. */
    public static Optional<Boolean> isFinished(DataSource database, String identity) {
        return Rows.query(
                        database,
                        "select finished_at is not null from migration where identity::text = ?",
                        row -> row.getBoolean(1),
                        identity)
                .stream()
                .findFirst();
    }

    /** Whether anything was copied in the move that has not ended. */
    public boolean hasCopies() throws SQLException {
        return !Rows.query(connection, "select true from migrated_blob limit 1", row -> row.getBoolean(1))
                .isEmpty();
    }

    public Open open() throws SQLException {
        return Rows.query(
                        connection,
                        "select count(*), coalesce(sum(size), 0) " + OPEN,
                        row -> new Open(row.getLong(1), row.getLong(2)))
                .getFirst();
    }

    /** Blobs that are still to be copied, whose rows have the next larger numbers. */
    public List<NumberedBlob> open(long after) throws SQLException {
        return Rows.query(
                connection,
                "select id, digest, size, storage_key " + OPEN + " and id > ? order by id limit " + PAGE,
                row -> new NumberedBlob(
                        row.getLong(1),
                        new Blob(Digest.valueOf(row.getString(2)), row.getLong(3), new StorageKey(row.getString(4)))),
                after);
    }

    /**
     * Notes that a blob was copied.
     *
     * @return false if another copy was noted before, or that move has not to do with it any more
     */
    public boolean note(UUID move, Copied copy) throws SQLException {
        return Rows.update(connection, """
                        insert into migrated_blob (source_key, storage_key, size, migration)
                        select ?, ?, ?, identity from migration where identity = ? and finished_at is null for key share
                        on conflict do nothing""", copy.source().path(), copy.key().path(), copy.size(), move) > 0;
    }

    /** Whether a copy at that place was noted. */
    public boolean isNoted(StorageKey copy) throws SQLException {
        return !Rows.query(
                        connection,
                        "select true from migrated_blob where storage_key = ?",
                        row -> row.getBoolean(1),
                        copy.path())
                .isEmpty();
    }

    /** The copies of blobs, in the order of the keys they are copied from, which lie behind {@code after}. */
    public List<Copied> copied(String after) throws SQLException {
        return Rows.query(
                connection,
                """
                select source_key, storage_key, size from migrated_blob m
                where source_key > ? and exists (select from blob where storage_key = m.source_key)
                order by source_key limit\s""" + PAGE,
                row -> new Copied(new StorageKey(row.getString(1)), new StorageKey(row.getString(2)), row.getLong(3)),
                after);
    }

    /** Forgets copies that are not there. Returns how many. */
    public int forget(Collection<Copied> copies) throws SQLException {
        return Rows.update(
                connection,
                "delete from migrated_blob where source_key = any(?::text[])",
                Rows.texts(connection, copies, Copied::source));
    }

    /** Whether a blob's bytes should still lie where they lay. */
    public boolean isThere(Blob blob) throws SQLException {
        return new IntegrityRows(connection).isThere(blob);
    }

    /** When an instance of the registry said last that it is there, if any did within half a minute. */
    public Optional<String> lastSeen() throws SQLException {
        return Rows.query(connection, """
                        select coalesce(server || ', ', '') || seen_at::timestamptz(0) from instance
                        where seen_at > now() - interval '30 seconds' order by seen_at desc""", row -> row.getString(1)).stream().findFirst();
    }

    /** Whether a tree of docker/distribution is not indexed to its end. */
    public boolean isAdopting() throws SQLException {
        return !Rows.query(connection, "select true from adoption where finished_at is null", row -> row.getBoolean(1))
                .isEmpty();
    }

    /** Lets no blob come, and no registry start, until the transaction ends. One that started before shows in {@link #lastSeen}. */
    public void lock() throws SQLException {
        new StorageIdentityRow(connection).read(); // a registry that starts waits here
        Rows.update(connection, "lock table blob, upload, purge in share row exclusive mode");
    }

    /**
     * Ends a move: from here on, blobs lie where their copies do, and that storage is the one of the database. Copies of blobs
     * that were collected meanwhile are to be purged there, what was to be purged in the former one is left to it. Open uploads,
     * whose bytes are there as well, are given up.
     *
     * @param lost blobs that were not copied, because their bytes are not what they should be: they are noted as lost
     * @return false, and nothing is to be committed, if there are others that were not copied, or this move was given up
     */
    public boolean finish(UUID move, Collection<Blob> lost) throws SQLException {
        boolean isOwn = Rows.update(
                        connection,
                        "update migration set finished_at = now() where identity = ? and finished_at is null",
                        move)
                == 1;
        if (!isOwn || isAnyOpenBut(lost)) {
            return false;
        }
        Rows.update(connection, "delete from upload");
        Rows.update(connection, "delete from purge");
        Rows.update(connection, """
                insert into purge (storage_key, size)
                select m.storage_key, m.size from migrated_blob m
                where not exists (select from blob where storage_key = m.source_key)""");
        Rows.update(connection, """
                update blob b set storage_key = m.storage_key from migrated_blob m where m.source_key = b.storage_key""");
        IntegrityRows faults = new IntegrityRows(connection);
        Rows.update(
                connection,
                "delete from integrity where fault in (?, ?)",
                IntegrityFault.UNKNOWN_BYTES.toString(),
                IntegrityFault.UNDELETABLE_BYTES.toString());
        faults.noteLost(lost);
        new StorageIdentityRow(connection).take(move);
        Rows.update(connection, "delete from migrated_blob");
        return true;
    }

    private boolean isAnyOpenBut(Collection<Blob> lost) throws SQLException {
        return Rows.query(
                        connection,
                        "select exists (select " + OPEN + " and b.digest <> all (?::text[]))",
                        row -> row.getBoolean(1),
                        Rows.texts(connection, lost, Blob::digest))
                .getFirst();
    }
}
