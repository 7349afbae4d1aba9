package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.StorageKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What the index says of itself and of the storage, and the rows of what is wrong. Each call is to be committed. */
public final class IntegrityRows {

    private static final int PAGE = 1000;

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

    /** The blobs whose rows have the next larger numbers, at most 1000. */
    public List<NumberedBlob> blobs(long after) throws SQLException {
        return Rows.query(
                connection,
                "select id, digest, size, storage_key, lost_at is not null from blob where id > ? order by id limit "
                        + PAGE,
                row -> new NumberedBlob(
                        row.getLong(1),
                        new Blob(
                                Digest.valueOf(row.getString(2)),
                                row.getLong(3),
                                new StorageKey(row.getString(4)),
                                row.getBoolean(5))),
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
     * Notes that blobs have lost their bytes: from now on no request relies on the rows. Those that were moved or collected meanwhile
     * have not.
     *
     * @return the digests of those that have
     */
    public Set<Digest> noteLost(Collection<Blob> missing) throws SQLException {
        return Set.copyOf(Rows.query(
                connection,
                """
                with lost as (
                    update blob b set lost_at = coalesce(b.lost_at, now())
                    where b.digest = any(?::text[]) and b.storage_key = any(?::text[])
                    returning b.digest, b.size),
                noted as (
                    insert into integrity (fault, thing, size) select ?, digest, size from lost
                    on conflict (fault, thing) do update set seen_at = now(), size = excluded.size)
                select digest from lost""",
                row -> Digest.valueOf(row.getString(1)),
                Rows.texts(connection, missing, Blob::digest),
                Rows.texts(connection, missing, blob -> blob.key().path()),
                IntegrityFault.LOST_BYTES.toString()));
    }

    /** Notes that bytes of blobs that were noted as lost are there again. */
    public void noteFound(Collection<Blob> found) throws SQLException {
        Rows.update(
                connection,
                """
                with whole as (
                    update blob b set lost_at = null
                    where b.digest = any(?::text[]) and b.storage_key = any(?::text[])
                    returning b.digest)
                delete from integrity where fault = ? and thing in (select digest from whole)""",
                Rows.texts(connection, found, Blob::digest),
                Rows.texts(connection, found, blob -> blob.key().path()),
                IntegrityFault.LOST_BYTES.toString());
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
     * to replace, nor those whose digest is not known while any are lost; and none that was not noted as unknown for so many
     * days: a database that was restored, by whatever means, is older than the storage, and a younger dump may still be found.
     *
     * @return those that will go
     */
    public List<StorageKey> purge(Map<StorageKey, Long> listed, int days) throws SQLException {
        return Rows.query(
                connection,
                "insert into purge (storage_key, size) select storage_key, size " + UNKNOWN + """
                        and not coalesce(digest = any(array(select thing from integrity where fault = 'lost-bytes')), true)
                        and (? = 0 or exists (
                                select from integrity where fault = 'unknown-bytes' and thing = listed.storage_key
                                    and found_at <= now() - ? * interval '1 day'))
                        on conflict do nothing returning storage_key""",
                row -> new StorageKey(row.getString(1)),
                Stream.concat(Arrays.stream(parameters(listed)), Stream.of(days, days))
                        .toArray());
    }

    private Object[] parameters(Map<StorageKey, Long> listed) throws SQLException {
        List<StorageKey> keys = List.copyOf(listed.keySet());
        return new Object[] {
            Rows.texts(connection, keys, StorageKey::path),
            Rows.numbers(connection, keys, key -> listed.getOrDefault(key, 0L)),
            Rows.texts(connection, keys, key -> key.upload().orElseThrow()),
            Rows.texts(connection, keys, key -> key.digest().orElse(null))
        };
    }

    /** The moment of the transaction, as the database writes it. */
    public String now() throws SQLException {
        return Rows.query(connection, "select now()::text", row -> row.getString(1))
                .getFirst();
    }

    /** Whether a moment that {@link #now} told is less than a day ago. */
    public boolean isOfToday(String moment) throws SQLException {
        return Rows.query(
                        connection,
                        "select ?::timestamptz between now() - interval '1 day' and now()",
                        row -> row.getBoolean(1),
                        moment)
                .getFirst();
    }

    /** Notes what is wrong, but with blobs: see {@link #noteLost}. */
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
