package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.Array;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The rows of what manifests refer to. Inserting one locks what it points to against deletion until the transaction ends;
 * from then on the foreign key protects it.
 */
@Singleton
public class LinkRows {

    private final EntityManager entities;
    private final DataSource database;

    @Inject
    public LinkRows(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.database = database;
    }

    /**
     * A blob that a manifest was linked to.
     *
     * @param isReused whether another manifest of the repository refers to it
     */
    public record ReferredBlob(long size, boolean isReused) {}

    /**
     * Links a manifest to those of the blobs that its repository shows.
     *
     * @return the linked ones
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Map<Digest, ReferredBlob> addBlobs(long repositoryId, long manifestId, Collection<Digest> blobs) {
        if (blobs.isEmpty()) {
            return Map.of();
        }
        List<Digest> asked = blobs.stream().distinct().toList();
        return Rows.query(
                        database,
                        "select sizes, reused from link_blobs(?, ?, ?)",
                        row -> linked(asked, row.getArray(1), row.getArray(2)),
                        repositoryId,
                        manifestId,
                        texts(asked))
                .getFirst();
    }

    /**
     * The linked ones of the blobs that {@code link_blobs} was asked for.
     *
     * @param sizes null for one that is not there, and as a whole where none was asked for
     */
    static Map<Digest, ReferredBlob> linked(List<Digest> asked, @Nullable Array sizes, @Nullable Array reused)
            throws SQLException {
        if (sizes == null || reused == null) {
            return Map.of();
        }
        Long[] size = (Long[]) sizes.getArray();
        Boolean[] isReused = (Boolean[]) reused.getArray();
        Map<Digest, ReferredBlob> linked = new HashMap<>();
        for (int i = 0; i < size.length; i++) {
            if (size[i] != null) {
                linked.put(asked.get(i), new ReferredBlob(size[i], isReused[i]));
            }
        }
        return linked;
    }

    /**
     * Links an index to those of the manifests that its repository has.
     *
     * @return the linked ones, each with the number of its bytes
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Map<Digest, Long> addChildren(long repositoryId, long manifestId, Collection<Digest> children) {
        if (children.isEmpty()) {
            return Map.of();
        }
        List<?> rows = entities.createNativeQuery("""
                        with present as materialized (
                            select m.id, m.digest, m.size from unnest(:digests) as asked (digest)
                            cross join lateral (select id, digest, octet_length(payload) as size from manifest
                                                where repository_id = :repository and digest = asked.digest limit 1) as m
                        ), linked as (
                            insert into manifest_reference (parent_id, child_id) select :manifest, id from present order by id
                        )
                        select digest, size from present""")
                .setParameter("manifest", manifestId)
                .setParameter("repository", repositoryId)
                .setParameter("digests", texts(children))
                .getResultList();
        return rows.stream()
                .map(Object[].class::cast)
                .collect(
                        Collectors.toMap(row -> Digest.valueOf((String) row[0]), row -> ((Number) row[1]).longValue()));
    }

    /** Notes what a manifest refers to and its repository does not have: it is protected once it comes. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void noteMissing(long repositoryId, long manifestId, Collection<Digest> missing) {
        if (!missing.isEmpty()) {
            entities.createNativeQuery("""
                            insert into missing_reference (manifest_id, repository_id, digest)
                            select :manifest, :repository, digest from unnest(:digests) as missing (digest)""")
                    .setParameter("manifest", manifestId)
                    .setParameter("repository", repositoryId)
                    .setParameter("digests", texts(missing))
                    .executeUpdate();
        }
    }

    /** Forgets what was noted as missing, and returns it. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Set<Digest> takeMissing(long manifestId) {
        List<?> noted = entities.createNativeQuery(
                        "delete from missing_reference where manifest_id = :manifest returning digest")
                .setParameter("manifest", manifestId)
                .getResultList();
        return noted.stream().map(digest -> Digest.valueOf((String) digest)).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * How many indexes stand one in the other below a manifest.
     *
     * @param most where to stop counting
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public int nesting(long manifestId, int most) {
        Object nesting = entities.createNativeQuery("""
                        with recursive below (id, nesting) as (
                            select child_id, 1 from manifest_reference where parent_id = :manifest
                            union
                            select r.child_id, b.nesting + 1
                            from below b join manifest_reference r on r.parent_id = b.id where b.nesting <= :most)
                        select coalesce(max(nesting), 0) from below""")
                .setParameter("manifest", manifestId)
                .setParameter("most", most)
                .getSingleResult();
        return ((Number) nesting).intValue();
    }

    /**
     * How much an image is.
     *
     * @param bytes of its configuration and layers, each once; of an index, those of all that it lists
     * @param reused how many of them the repository held before
     */
    public record ImageSize(long bytes, long reused) {

        /** That of a manifest that lists no other one. */
        public static ImageSize of(Collection<ReferredBlob> blobs) {
            return new ImageSize(
                    blobs.stream().mapToLong(ReferredBlob::size).sum(),
                    blobs.stream()
                            .filter(ReferredBlob::isReused)
                            .mapToLong(ReferredBlob::size)
                            .sum());
        }
    }

    /**
     * Adds up the blobs of a manifest.
     *
     * @param isNew whether the manifest was put just now, so that its own links do not count as held before
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public ImageSize imageSize(long repositoryId, long manifestId, boolean isNew) {
        Object[] sums = (Object[]) entities.createNativeQuery("""
                        with recursive image (id) as (
                            select cast(:manifest as bigint)
                            union
                            select r.child_id from image i cross join lateral (
                                select child_id from manifest_reference where parent_id = i.id offset 0) as r
                        ), content as materialized (
                            select distinct l.blob_id from image i cross join lateral (
                                select blob_id from manifest_blob where manifest_id = i.id offset 0) as l
                        )
                        select coalesce(sum(b.size), 0), coalesce(sum(b.size) filter (where not :isNew or (
                                   select true from manifest_blob l
                                   where l.blob_id = b.id and l.repository_id = :repository and l.manifest_id <> :manifest
                                   limit 1)), 0)
                        from content c cross join lateral (select * from blob where id = c.blob_id limit 1) as b""")
                .setParameter("repository", repositoryId)
                .setParameter("manifest", manifestId)
                .setParameter("isNew", isNew)
                .getSingleResult();
        return new ImageSize(((Number) sums[0]).longValue(), ((Number) sums[1]).longValue());
    }

    private static String[] texts(Collection<Digest> digests) {
        return digests.stream().map(Digest::toString).distinct().toArray(String[]::new);
    }
}
