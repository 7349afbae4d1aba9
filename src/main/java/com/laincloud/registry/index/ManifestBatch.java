package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Manifests that are added to a repository many at a time, with what they refer to and what is known of their past. */
public final class ManifestBatch {

    private final Connection connection;
    private final IndexedRepository repository;

    public ManifestBatch(Connection connection, IndexedRepository repository) {
        this.connection = connection;
        this.repository = repository;
    }

    /**
     * A manifest.
     *
     * @param subject the digest of the manifest it is attached to
     * @param blobs what it refers to
     * @param children the manifests it lists
     */
    public record Entry(
            StoredManifest manifest,
            @Nullable String artifactType,
            @Nullable Digest subject,
            Instant pushedAt,
            Collection<Digest> blobs,
            Collection<Digest> children) {

        private Digest digest() {
            return manifest.digest();
        }
    }

    /** One manifest refers to something of a digest. */
    private record Link(Digest manifest, Digest to) {}

    /**
     * Records manifests and links them to whatever of their blobs and children the repository has; children that it lacks
     * are noted, and protected once they come. Manifests that are there keep what they have, those that were deleted are left
     * out.
     *
     * @param manifests in the order of their digests
     * @return how many the index did not know
     */
    public int add(Collection<Entry> manifests) throws SQLException {
        if (manifests.isEmpty()) {
            return 0;
        }
        List<Long> added = insert(manifests, false);
        link(manifests);
        review(added);
        return added.size() - dropDeleted(added);
    }

    /**
     * Records a manifest that was deleted, as {@link #add} does, and forgets that it was: once it is there, as a push does, so
     * that the two do not wait for each other.
     */
    public void restore(Entry manifest) throws SQLException {
        List<Entry> manifests = List.of(manifest);
        List<Long> added = insert(manifests, true);
        if (added.isEmpty()) {
            throw DeletedRows.meanwhile("the manifest was pushed");
        }
        Rows.update(
                connection,
                "delete from deleted where digest = ? and repository_id = ? and kind = 'manifest'",
                manifest.digest().toString(),
                repository.id());
        link(manifests);
        review(added);
    }

    private void link(Collection<Entry> manifests) throws SQLException {
        link(manifests.stream().flatMap(ManifestBatch::toBlobs).toList(), """
                insert into manifest_blob (manifest_id, repository_id, blob_id)
                select m.id, m.repository_id, l.blob_id
                from unnest(?::text[], ?::text[]) as i (manifest, digest)
                join manifest m on m.repository_id = ? and m.digest = i.manifest
                join blob b on b.digest = i.digest
                join repository_blob l on l.repository_id = m.repository_id and l.blob_id = b.id
                order by 1, 3 on conflict do nothing""");
        link(manifests.stream().flatMap(ManifestBatch::toChildren).toList(), """
                insert into manifest_reference (parent_id, child_id)
                select m.id, c.id
                from unnest(?::text[], ?::text[]) as i (manifest, digest)
                join manifest m on m.repository_id = ? and m.digest = i.manifest
                join manifest c on c.repository_id = m.repository_id and c.digest = i.digest
                order by 1, 2 on conflict do nothing""");
        link(manifests.stream().flatMap(ManifestBatch::toChildren).toList(), """
                insert into missing_reference (manifest_id, repository_id, digest)
                select m.id, m.repository_id, i.digest
                from unnest(?::text[], ?::text[]) as i (manifest, digest)
                join manifest m on m.repository_id = ? and m.digest = i.manifest
                where not exists (select from manifest c where c.repository_id = m.repository_id and c.digest = i.digest)
                on conflict do nothing""");
    }

    private void review(List<Long> added) throws SQLException {
        Rows.update(
                connection,
                "insert into manifest_review (manifest_id) select unnest(?::int8[])",
                Rows.numbers(connection, added, id -> id));
    }

    private static Stream<Link> toBlobs(Entry manifest) {
        return manifest.blobs().stream().map(blob -> new Link(manifest.digest(), blob));
    }

    private static Stream<Link> toChildren(Entry manifest) {
        return manifest.children().stream().map(child -> new Link(manifest.digest(), child));
    }

    private List<Long> insert(Collection<Entry> manifests, boolean wereDeleted) throws SQLException {
        return Rows.query(
                connection,
                """
                insert into manifest (repository_id, digest, media_type, artifact_type, subject_digest, payload, pushed_at)
                select ?, i.*
                from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::timestamptz[])
                    as i (digest, media_type, artifact_type, subject_digest, payload, pushed_at)
                where ? or not exists (select from deleted d
                                       where d.digest = i.digest and d.repository_id = ? and d.kind = 'manifest')
                on conflict do nothing returning id""",
                row -> row.getLong(1),
                repository.id(),
                Rows.texts(connection, manifests, Entry::digest),
                Rows.texts(connection, manifests, entry -> entry.manifest().mediaType()),
                Rows.texts(connection, manifests, Entry::artifactType),
                Rows.texts(connection, manifests, Entry::subject),
                Rows.bytes(connection, manifests, entry -> entry.manifest().payload()),
                Rows.times(connection, manifests, Entry::pushedAt),
                wereDeleted,
                repository.id());
    }

    private void link(List<Link> links, String insert) throws SQLException {
        if (!links.isEmpty()) {
            Rows.update(
                    connection,
                    insert,
                    Rows.texts(connection, links, Link::manifest),
                    Rows.texts(connection, links, Link::to),
                    repository.id());
        }
    }

    /** Those deleted at the same moment: that was not known yet when they were inserted. */
    private int dropDeleted(List<Long> added) throws SQLException {
        return Rows.update(connection, """
                delete from manifest m
                where m.id = any(?)
                  and exists (select from deleted d
                              where d.digest = m.digest and d.repository_id = m.repository_id and d.kind = 'manifest')""", Rows.numbers(connection, added, id -> id));
    }

    /** Which of the manifests the repository has. */
    public Set<Digest> known(Collection<Digest> digests) throws SQLException {
        return new HashSet<>(Rows.query(
                connection,
                "select digest from manifest where repository_id = ? and digest = any(?::text[])",
                row -> Digest.valueOf(row.getString(1)),
                repository.id(),
                Rows.texts(connection, digests, digest -> digest)));
    }

    /**
     * Which of the manifests need not be looked at: images that the repository has, and what was deleted from it.
     * An index may lack what it has got only now.
     */
    public Set<Digest> settled(Collection<Digest> digests) throws SQLException {
        Array texts = Rows.texts(connection, digests, digest -> digest);
        return new HashSet<>(Rows.query(
                connection,
                """
                select digest from manifest
                where repository_id = ? and digest = any(?::text[]) and media_type <> all(?::text[])
                union
                select digest from deleted where digest = any(?::text[]) and repository_id = ? and kind = 'manifest'""",
                row -> Digest.valueOf(row.getString(1)),
                repository.id(),
                texts,
                Rows.texts(connection, MediaTypes.IMAGE_INDEXES, type -> type),
                texts,
                repository.id()));
    }
}
