package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Blobs that are added to a repository many at a time, with what is known of their past. */
public final class BlobBatch {

    private final Connection connection;
    private final IndexedRepository repository;

    public BlobBatch(Connection connection, IndexedRepository repository) {
        this.connection = connection;
        this.repository = repository;
    }

    /**
     * A blob that the repository is to show.
     *
     * @param stored where its bytes are and since when; empty if they are not at hand
     * @param linkedAt since when the repository shows it
     */
    public record Entry(Digest digest, Optional<Stored> stored, Instant linkedAt) {}

    /** A blob and when its bytes were written. */
    public record Stored(Blob blob, Instant writtenAt) {}

    /**
     * Records the blobs and shows them in the repository. A blob that is stored already keeps the key it has. One whose
     * bytes are not at hand is shown if they are stored elsewhere; one that was deleted from the repository is not.
     *
     * @param blobs in the order of their digests, in which all batches lock them
     * @return the sizes of the blobs whose bytes the index did not know
     */
    public List<Long> add(Collection<Entry> blobs) throws SQLException {
        List<Stored> files = withoutThoseToPurge(
                blobs.stream().flatMap(blob -> blob.stored().stream()).toList());
        Array digests = Rows.texts(connection, files, file -> file.blob().digest());
        Array sizes = Rows.numbers(connection, files, file -> file.blob().size());
        Array keys = Rows.texts(connection, files, file -> file.blob().key());
        Array times = Rows.times(connection, files, Stored::writtenAt);
        List<Added> added = Rows.query(
                connection, """
                insert into blob (digest, size, storage_key, created_at)
                select * from unnest(?::text[], ?::int8[], ?::text[], ?::timestamptz[])
                on conflict do nothing returning id, size""", row -> new Added(row.getLong(1), row.getLong(2)), digests, sizes, keys, times);
        lock(files.size(), digests);
        show(blobs);
        Rows.update(connection, """
                insert into blob_review (blob_id)
                select id from unnest(?::int8[]) as added (id)
                where not exists (select from repository_blob l where l.blob_id = added.id)""", Rows.numbers(connection, added, Added::number));
        return added.stream().map(Added::size).toList();
    }

    private record Added(long number, long size) {}

    /** A key is used once: one whose bytes are about to be deleted is not given to a blob again. */
    private List<Stored> withoutThoseToPurge(List<Stored> files) throws SQLException {
        Set<String> keys = new HashSet<>(Rows.query(
                connection,
                "select storage_key from purge where storage_key = any(?::text[])",
                row -> row.getString(1),
                Rows.texts(connection, files, file -> file.blob().key().path())));
        return files.stream()
                .filter(file -> !keys.contains(file.blob().key().path()))
                .toList();
    }

    /** From here on they stay. One that was collected since the statement before is added in another attempt. */
    private void lock(int count, Array digests) throws SQLException {
        List<Long> locked = Rows.query(
                connection,
                "select id from blob where digest = any(?::text[]) order by digest for key share",
                row -> row.getLong(1),
                digests);
        if (locked.size() < count) {
            throw new SQLException("a blob was collected", Rows.TRY_AGAIN);
        }
    }

    private void show(Collection<Entry> blobs) throws SQLException {
        List<Long> shown = Rows.query(
                connection,
                """
                insert into repository_blob (repository_id, blob_id, linked_at)
                select ?, b.id, i.linked_at
                from unnest(?::text[], ?::bool[], ?::timestamptz[]) as i (digest, good, linked_at)
                join blob b on b.digest = i.digest and (i.good or b.storage_key not like '%/data')
                where not exists (select from deleted d
                                  where d.digest = i.digest and d.repository_id = ? and d.kind = 'blob')
                order by b.id
                on conflict do nothing returning blob_id""",
                row -> row.getLong(1),
                repository.id(),
                Rows.texts(connection, blobs, Entry::digest),
                Rows.truths(connection, blobs, blob -> blob.stored().isPresent()),
                Rows.times(connection, blobs, Entry::linkedAt),
                repository.id());
        // deleted at the same moment: that was not known yet when the statement above began
        Rows.update(connection, """
                delete from repository_blob l using blob b
                where l.repository_id = ? and l.blob_id = any(?) and b.id = l.blob_id
                  and exists (select from deleted d
                              where d.digest = b.digest and d.repository_id = l.repository_id and d.kind = 'blob')""", repository.id(), Rows.numbers(connection, shown, id -> id));
    }

    /** Which of the blobs the repository shows. */
    public Set<Digest> shown(Set<Digest> digests) throws SQLException {
        return new HashSet<>(Rows.query(
                connection,
                """
                select b.digest from repository_blob l join blob b on b.id = l.blob_id
                where l.repository_id = ? and b.digest = any(?::text[])""",
                row -> Digest.valueOf(row.getString(1)),
                repository.id(),
                Rows.texts(connection, digests, digest -> digest)));
    }
}
