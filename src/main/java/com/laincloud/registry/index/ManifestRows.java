package com.laincloud.registry.index;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.database.SharedLookup;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.hibernate.exception.ConstraintViolationException;

/** The rows of manifests. */
@Singleton
public class ManifestRows {

    /** The bytes of what is no longer than usual, with the others' length alone: many may be asked for at once. */
    private static final String AT_HAND =
            "octet_length(payload), case when octet_length(payload) <= " + (64 << 10) + " then payload end";

    private static final String ASKED = RepositoryRows.toPull("asked.repository");

    private final EntityManager entities;
    private final SharedLookup<StoredManifest> byTag;
    private final SharedLookup<StoredManifest> byDigest;
    private final PromisingLookup<StoredManifest> promised;
    private final Lookup<byte[]> payload;
    private final Lookup<Digest> digests;
    private final Lookup<Descriptor> descriptors;
    private final Lookup<Deletion> deletion;

    @Inject
    public ManifestRows(EntityManager entities, DataSource database) {
        this.entities = entities;
        Rows.Read<StoredManifest> manifest = row ->
                new StoredManifest(Digest.valueOf(row.getString(1)), row.getString(2), row.getInt(3), row.getBytes(4));
        this.byTag = new SharedLookup<>(database, """
                select digest, media_type, %s from manifest
                where id = (select manifest_id from tag
                            where repository_id = %s
                              and name = asked.name)""".formatted(AT_HAND, ASKED), manifest);
        this.byDigest = new SharedLookup<>(database, """
                select digest, media_type, %s from manifest
                where repository_id = %s
                  and digest = asked.name""".formatted(AT_HAND, ASKED), manifest);
        this.promised = new PromisingLookup<>(
                database,
                """
                select digest, media_type, %s, id,
                       (select extract(epoch from now() - since)::float8 from manifest_review
                        where manifest_id = m.id order by since desc limit 1)
                from manifest m
                where repository_id = %s
                  and digest = asked.name""".formatted(AT_HAND, ASKED),
                row -> new PromisingLookup.Found<>(
                        manifest.from(row), List.of(row.getLong(5)), row.getObject(6, Double.class)),
                "select keep_manifest(?, make_interval(secs => ?))");
        this.deletion = new Lookup<>(
                database,
                """
                select d.deleted_at, d.restorable_until
                from (select cast(? as text) as digest, cast(? as text) as repository) as asked
                join deleted d on d.digest = asked.digest and d.kind = 'manifest' and d.repository_id = %s""".formatted(ASKED),
                row -> new Deletion(
                        row.getTimestamp(1).toInstant(),
                        Optional.ofNullable(row.getTimestamp(2)).map(Timestamp::toInstant)));
        this.digests = new Lookup<>(
                database,
                "select digest from manifest where repository_id = ? and digest > ? order by digest limit ?",
                row -> Digest.valueOf(row.getString(1)));
        this.descriptors = new Lookup<>(
                database,
                "select media_type, digest, octet_length(payload) from manifest where repository_id = ? and digest = any(?)",
                row -> new Descriptor(row.getString(1), Digest.valueOf(row.getString(2)), row.getLong(3)));
        this.payload = new Lookup<>(database, """
                select m.payload from (select cast(? as text) as repository, cast(? as text) as digest) as asked
                join manifest m on m.repository_id = %s and m.digest = asked.digest""".formatted(ASKED), row -> row.getBytes(1));
    }

    /**
     * The manifest that a reference names now; without its bytes if it has more than 64 KiB. Not for use in a transaction.
     *
     * @throws com.laincloud.registry.database.DatabaseException if the database cannot answer
     */
    public Optional<StoredManifest> find(RepositoryName repository, Reference reference) {
        return switch (reference) {
            case Tag tag -> byTag.find(repository.value(), tag.name());
            case Digest digest -> byDigest.find(repository.value(), digest.toString());
        };
    }

    /**
     * As {@link #find}, for one who relies on it that the manifest stays though nothing refers to it.
     *
     * @param time how long it stays at least
     */
    public Optional<StoredManifest> findToKeep(RepositoryName repository, Digest digest, Duration time) {
        return promised.find(repository.value(), digest.toString(), time);
    }

    /**
     * That a manifest was deleted or collected.
     *
     * @param restorableUntil until when it can be restored; empty if it cannot
     */
    public record Deletion(Instant at, Optional<Instant> restorableUntil) {}

    /** When a manifest that is not there was deleted, as far as that is still known. */
    public Optional<Deletion> deletion(RepositoryName repository, Digest digest) {
        return deletion.first(digest.toString(), repository.value());
    }

    /**
     * The digests of a repository's manifests, in the order of their characters.
     *
     * @param after which digest the list begins after; empty for its beginning
     */
    public List<Digest> digests(long repositoryId, Optional<Digest> after, int limit) {
        return digests.all(repositoryId, after.map(Digest::toString).orElse(""), limit);
    }

    /** The descriptors of those that a repository has. */
    public List<Descriptor> descriptors(long repositoryId, Collection<Digest> digests) {
        return descriptors.all(
                repositoryId, digests.stream().map(Digest::toString).toArray(String[]::new));
    }

    /**
     * The bytes of a manifest, however many.
     *
     * @throws com.laincloud.registry.database.DatabaseException if the database cannot answer
     */
    public Optional<byte[]> payload(RepositoryName repository, Digest digest) {
        return payload.first(repository.value(), digest.toString());
    }

    /** The number of a manifest's row, and the assurance that the row stays until the transaction ends. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Optional<Long> lock(long repositoryId, Digest digest) {
        return lock(repositoryId, digest, "for update");
    }

    /** As {@link #lock}, for one who only refers to it: several can do so at once. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Optional<Long> keep(long repositoryId, Digest digest) {
        return lock(repositoryId, digest, "for key share");
    }

    private Optional<Long> lock(long repositoryId, Digest digest, String strength) {
        List<?> ids = entities.createNativeQuery(
                        "select id from manifest where repository_id = :repository and digest = :digest " + strength)
                .setParameter("repository", repositoryId)
                .setParameter("digest", digest.toString())
                .getResultList();
        return ids.stream().findFirst().map(id -> ((Number) id).longValue());
    }

    /**
     * Deletes the row of a manifest that no tag names, and its links.
     *
     * @param restorable how long it can be restored
     * @return false if an index noted it as missing before it came
     * @throws ConstraintViolationException if an index refers to it
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean delete(long repositoryId, long manifestId, Digest digest, Duration restorable) {
        return entities.createNativeQuery("""
                                with gone as (
                                    delete from manifest where id = :id and not coalesce((
                                        select true from missing_reference
                                        where digest = :digest and repository_id = :repository limit 1), false)
                                    returning repository_id, digest, media_type, payload)
                                insert into deleted (repository_id, kind, digest, media_type, payload, restorable_until)
                                select repository_id, 'manifest', digest, media_type, payload,
                                       now() + make_interval(secs => :restorable) from gone
                                on conflict (digest, repository_id, kind) where kind <> 'tag'
                                do update set deleted_at = now(), media_type = excluded.media_type,
                                              payload = excluded.payload, restorable_until = excluded.restorable_until""")
                        .setParameter("restorable", restorable.toSeconds())
                        .setParameter("id", manifestId)
                        .setParameter("repository", repositoryId)
                        .setParameter("digest", digest.toString())
                        .executeUpdate()
                > 0;
    }
}
