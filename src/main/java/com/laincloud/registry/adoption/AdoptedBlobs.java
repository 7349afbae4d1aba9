package com.laincloud.registry.adoption;

import com.laincloud.registry.oci.Digest;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes what a repository shows. */
final class AdoptedBlobs {

    private final Connection connection;
    private final IndexedRepository repository;

    AdoptedBlobs(Connection connection, IndexedRepository repository) {
        this.connection = connection;
        this.repository = repository;
    }

    /**
     * A link to a blob.
     *
     * @param file its bytes; empty if they are gone from the tree or not what they should be
     * @param isGone whether the bytes are gone from the tree
     * @param directory of the link, below the storage root
     */
    record LinkedBlob(Digest digest, Optional<BlobFile> file, boolean isGone, Instant linkedAt, Path directory) {}

    /**
     * Records the blobs and shows them in the repository. A blob that is stored already keeps the key it has. One whose
     * bytes are gone from the tree is shown if they are stored elsewhere; one that was deleted from the repository here
     * is not.
     *
     * @param blobs in the order of their digests, in which everybody locks them
     * @return the sizes of the blobs whose bytes the index did not know
     */
    List<Long> add(Collection<LinkedBlob> blobs) throws SQLException {
        List<BlobFile> files =
                blobs.stream().flatMap(blob -> blob.file().stream()).toList();
        Array digests = Rows.texts(connection, files, BlobFile::digest);
        Array sizes = Rows.numbers(connection, files, BlobFile::size);
        Array keys = Rows.texts(connection, files, BlobFile::key);
        Array times = Rows.times(connection, files, BlobFile::writtenAt);
        List<Long> added = Rows.query(connection, """
                insert into blob (digest, size, storage_key, created_at)
                select * from unnest(?::text[], ?::int8[], ?::text[], ?::timestamptz[])
                on conflict do nothing returning size""", row -> row.getLong(1), digests, sizes, keys, times);
        lock(files.size(), digests);
        show(blobs);
        return added;
    }

    /** From here on they stay. One that was collected since the statement before is added in another attempt. */
    private void lock(int count, Array digests) throws SQLException {
        List<Long> locked = Rows.query(
                connection,
                "select id from blob where digest = any(?::text[]) order by digest for key share",
                row -> row.getLong(1),
                digests);
        if (locked.size() < count) {
            throw new SQLException("a blob was collected", Transactions.TRY_AGAIN);
        }
    }

    private void show(Collection<LinkedBlob> blobs) throws SQLException {
        List<Long> shown = Rows.query(
                connection,
                """
                insert into repository_blob (repository_id, blob_id, linked_at)
                select ?, b.id, i.linked_at
                from unnest(?::text[], ?::bool[], ?::timestamptz[]) as i (digest, good, linked_at)
                join blob b on b.digest = i.digest and (i.good or b.storage_key not like '%/data')
                where not exists (select from event e where e.repository = ? and e.digest = i.digest
                                                        and e.action = 'blob.delete')
                order by b.id
                on conflict do nothing returning blob_id""",
                row -> row.getLong(1),
                repository.id(),
                Rows.texts(connection, blobs, LinkedBlob::digest),
                Rows.truths(connection, blobs, blob -> blob.file().isPresent()),
                Rows.times(connection, blobs, LinkedBlob::linkedAt),
                repository.name().value());
        // deleted at the same moment: its event was not there yet when the statement above began
        Rows.update(
                connection,
                """
                delete from repository_blob l using blob b
                where l.repository_id = ? and l.blob_id = any(?) and b.id = l.blob_id
                  and exists (select from event e where e.repository = ? and e.digest = b.digest
                                                    and e.action = 'blob.delete')""",
                repository.id(),
                Rows.numbers(connection, shown, id -> id),
                repository.name().value());
    }

    /** Which of the blobs the repository shows. */
    Set<Digest> shown(Set<Digest> digests) throws SQLException {
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
