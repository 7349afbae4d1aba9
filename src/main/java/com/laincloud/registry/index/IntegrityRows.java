package com.laincloud.registry.index;

import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.StorageKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What the index says of itself and of the storage, and the rows of what is wrong. Each call is to be committed. */
public final class IntegrityRows {

    private static final int PAGE = 1000;

    /** A restored dump is older than the storage: what it does not know may have come since. */
    private static final String IS_RESTORED = """
            exists (select from database_cluster where epoch > 1 and since > now() - interval '7 days')""";

    /** An upload's row is committed before its first byte, and goes in the transaction that adds the blob's. */
    private static final String UNKNOWN = """
            from unnest(?::text[], ?::int8[], ?::text[], ?::text[])
                as listed (storage_key, size, upload_id, digest)
            where not exists (select from blob where storage_key = listed.storage_key)
              and not exists (select from purge where storage_key = listed.storage_key)
              and not exists (select from upload where id = listed.upload_id::uuid)
            """;

    private final Connection connection;

    public IntegrityRows(Connection connection) {
        this.connection = connection;
    }

    /** Something that is wrong. */
    public record Found(String thing, long size) {}

    /** A blob's row, by its number. */
    public record NumberedBlob(long number, Blob blob) {}

    /**
     * Has the collection look at manifests that nothing refers to and that it would have missed.
     *
     * @return those; there should be none
     */
    public List<Found> reviewManifests() throws SQLException {
        return review("""
                insert into manifest_review (manifest_id)
                select m.id from manifest m
                where not exists (select from tag t where t.manifest_id = m.id)
                  and not exists (select from manifest_reference r where r.child_id = m.id)
                  and not exists (select from missing_reference r
                                  where r.digest = m.digest and r.repository_id = m.repository_id)
                  and not exists (select from manifest s
                                  where s.repository_id = m.repository_id and s.digest = m.subject_digest)
                  and not exists (select from manifest_review q where q.manifest_id = m.id)
                returning manifest_id""", """
                select 'manifest ' || (select name from repository where id = m.repository_id) || '@' || m.digest,
                       octet_length(m.payload)
                from manifest m join missed on missed.manifest_id = m.id""");
    }

    /** The same, for blobs that a repository shows for nothing. */
    public List<Found> reviewLinks() throws SQLException {
        return review("""
                insert into link_review (repository_id, blob_id)
                select l.repository_id, l.blob_id from repository_blob l
                where not exists (select from manifest_blob m
                                  where m.blob_id = l.blob_id and m.repository_id = l.repository_id)
                  and not exists (select from missing_reference m
                                  where m.digest = (select digest from blob where id = l.blob_id)
                                    and m.repository_id = l.repository_id)
                  and not exists (select from link_review q
                                  where q.blob_id = l.blob_id and q.repository_id = l.repository_id)
                returning repository_id, blob_id""", """
                select 'link ' || (select name from repository where id = missed.repository_id) || '@' || b.digest, b.size
                from missed join blob b on b.id = missed.blob_id""");
    }

    /** The same, for blobs that no repository shows. */
    public List<Found> reviewBlobs() throws SQLException {
        return review("""
                insert into blob_review (blob_id)
                select b.id from blob b
                where not exists (select from repository_blob l where l.blob_id = b.id)
                  and not exists (select from blob_review q where q.blob_id = b.id)
                returning blob_id""", "select 'blob ' || b.digest, b.size from blob b join missed on missed.blob_id = b.id");
    }

    private List<Found> review(String insertion, String names) throws SQLException {
        ConfiguredDataSource.allowScans(connection);
        return Rows.query(connection, "with missed as (" + insertion + ") " + names, IntegrityRows::found);
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(row.getString(1), row.getLong(2));
    }

    /** The blobs whose rows have the next larger numbers, at most 1000. */
    public List<NumberedBlob> blobs(long after) throws SQLException {
        return Rows.query(
                connection,
                "select id, digest, size, storage_key from blob where id > ? order by id limit " + PAGE,
                row -> new NumberedBlob(
                        row.getLong(1),
                        new Blob(Digest.valueOf(row.getString(2)), row.getLong(3), new StorageKey(row.getString(4)))),
                after);
    }

    /** Whether a blob's bytes should still lie where they lay. */
    public boolean isThere(Blob blob) throws SQLException {
        return !Rows.query(
                        connection,
                        "select true from blob where digest = ? and storage_key = ?",
                        row -> row.getBoolean(1),
                        blob.digest().toString(),
                        blob.key().path())
                .isEmpty();
    }

    /**
     * Those keys that no row knows, of what was listed in the storage with sizes. Each is of an upload: what docker/distribution
     * wrote is not asked for, because manifests lie among it.
     */
    public List<StorageKey> unknown(Map<StorageKey, Long> listed) throws SQLException {
        return Rows.query(
                connection,
                "select storage_key " + UNKNOWN,
                row -> new StorageKey(row.getString(1)),
                parameters(listed));
    }

    /**
     * Has the next collection delete bytes that no row knows. Not those of a blob whose own bytes are lost, which they may have
     * to replace; and none where the database was restored from a dump, into another cluster, in the last seven days.
     *
     * @return those that will go
     */
    public List<StorageKey> purge(Map<StorageKey, Long> listed) throws SQLException {
        return Rows.query(
                connection,
                "insert into purge (storage_key, size) select storage_key, size " + UNKNOWN
                        + " and not (digest = any(array(select thing from integrity where fault = 'lost-bytes'))) and not "
                        + IS_RESTORED
                        + " on conflict do nothing returning storage_key",
                row -> new StorageKey(row.getString(1)),
                parameters(listed));
    }

    private Object[] parameters(Map<StorageKey, Long> listed) throws SQLException {
        List<StorageKey> keys = List.copyOf(listed.keySet());
        return new Object[] {
            Rows.texts(connection, keys, StorageKey::path),
            Rows.numbers(connection, keys, key -> listed.getOrDefault(key, 0L)),
            Rows.texts(connection, keys, key -> key.upload().orElseThrow()),
            Rows.texts(connection, keys, StorageKey::digest)
        };
    }

    /** The moment of the transaction, as the database writes it. */
    public String now() throws SQLException {
        return Rows.query(connection, "select now()::text", row -> row.getString(1))
                .getFirst();
    }

    /** Notes what is wrong. */
    public void note(IntegrityFault fault, Collection<Found> found) throws SQLException {
        Rows.update(
                connection,
                """
                insert into integrity (fault, thing, size)
                select ?, thing, size from unnest(?::text[], ?::int8[]) as found (thing, size)
                on conflict (fault, thing) do update set seen_at = now(), size = excluded.size""",
                fault.toString(),
                Rows.texts(connection, found, Found::thing),
                Rows.numbers(connection, found, Found::size));
    }

    /** Forgets what was wrong and was not seen since a moment. */
    public void forget(IntegrityFault fault, String since) throws SQLException {
        Rows.update(
                connection,
                "delete from integrity where fault = ? and seen_at < ?::timestamptz",
                fault.toString(),
                since);
    }
}
