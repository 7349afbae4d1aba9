package com.laincloud.registry.manifest;

import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Event.Action;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.database.SharedLookup;
import com.laincloud.registry.http.Requester;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.repository.Repositories;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of this registry: rows with the exact bytes that were put, and links to everything they refer to. What a
 * manifest refers to cannot be deleted before it: the database's foreign keys are the referee.
 */
@Singleton
public class Manifests {

    private final EntityManager entities;
    private final Repositories repositories;
    private final Tags tags;
    private final Events events;
    private final ManifestLinks links;
    private final SharedLookup<StoredManifest> byTag;
    private final SharedLookup<StoredManifest> byDigest;

    @Inject
    public Manifests(
            EntityManager entities,
            DataSource database,
            Repositories repositories,
            Tags tags,
            ManifestLinks links,
            Events events) {
        this.entities = entities;
        this.repositories = repositories;
        this.tags = tags;
        this.links = links;
        this.events = events;
        Lookup.Row<StoredManifest> manifest =
                row -> new StoredManifest(Digest.valueOf(row.getString(3)), row.getString(4), row.getBytes(5));
        this.byTag = new SharedLookup<>(database, """
                select n.repository, n.name, m.digest, m.media_type, m.payload
                from unnest(?, ?) as n (repository, name)
                join repository r on r.name = n.repository
                join tag t on t.repository_id = r.id and t.name = n.name
                join manifest m on m.id = t.manifest_id""", manifest);
        this.byDigest = new SharedLookup<>(database, """
                select n.repository, n.name, m.digest, m.media_type, m.payload
                from unnest(?, ?) as n (repository, name)
                join repository r on r.name = n.repository
                join manifest m on m.repository_id = r.id and m.digest = n.name""", manifest);
    }

    /** The manifest a reference names now. */
    public Optional<StoredManifest> find(RepositoryName repository, Reference reference) {
        return switch (reference) {
            case Tag tag -> byTag.find(repository.value(), tag.name());
            case Digest digest -> byDigest.find(repository.value(), digest.toString());
        };
    }

    /**
     * The manifest a reference names now.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNKNOWN}, or {@link ErrorCode#NAME_UNKNOWN} where there is no
     *     such repository
     */
    public StoredManifest require(RepositoryName repository, Reference reference) {
        return find(repository, reference).orElseThrow(() -> {
            repositories.require(repository);
            return unknown(reference);
        });
    }

    /**
     * Puts a manifest, and moves the tag to it if there is one. Manifest, links, tag and event are there together or not
     * at all.
     *
     * @param tag the tag to move; null to put the manifest by its digest alone
     * @throws RegistryException {@link ErrorCode#MANIFEST_BLOB_UNKNOWN} naming everything the manifest refers to that the
     *     repository does not hold
     */
    @Transactional
    public void put(
            RepositoryName repository,
            @Nullable Tag tag,
            Digest digest,
            Manifest manifest,
            byte[] payload,
            Requester requester) {
        long repositoryId = repositories.create(repository);
        long manifestId = store(repositoryId, digest, manifest, payload);
        Digest previous =
                tag == null ? null : tags.move(repositoryId, tag, manifestId).orElse(null);
        events.record(
                new Event(Action.MANIFEST_PUSH, repository, tag, digest, previous, manifest.mediaType(), (long)
                        payload.length),
                requester);
    }

    /**
     * Deletes a manifest from a repository, and all tags that name it.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNKNOWN} or {@link ErrorCode#NAME_UNKNOWN};
     *     {@link ErrorCode#DENIED} with status 405 while an index of the repository refers to it
     */
    @Transactional
    public void delete(RepositoryName repository, Digest digest, Requester requester) {
        long repositoryId = repositories.require(repository);
        Long manifestId = lock(repositoryId, digest).orElseThrow(() -> unknown(digest));
        for (Tag tag : tags.deleteAll(repositoryId, manifestId)) {
            events.record(new Event(Action.TAG_DELETE, repository, tag, digest, null, null, null), requester);
        }
        try {
            entities.createNativeQuery("delete from manifest where id = :id")
                    .setParameter("id", manifestId)
                    .executeUpdate();
        } catch (ConstraintViolationException e) {
            throw new RegistryException(ErrorCode.DENIED, 405, "an index refers to " + digest);
        }
        events.record(new Event(Action.MANIFEST_DELETE, repository, null, digest, null, null, null), requester);
    }

    private long store(long repositoryId, Digest digest, Manifest manifest, byte[] payload) {
        List<?> ids = entities.createNativeQuery("""
                        insert into manifest (repository_id, digest, media_type, artifact_type, subject_digest, payload)
                        values (:repository, :digest, :mediaType, cast(:artifactType as varchar),
                                cast(:subject as varchar), :payload)
                        on conflict (repository_id, digest) do nothing returning id""")
                .setParameter("repository", repositoryId)
                .setParameter("digest", digest.toString())
                .setParameter("mediaType", manifest.mediaType())
                .setParameter("artifactType", manifest.artifactType())
                .setParameter(
                        "subject",
                        manifest.subject() == null
                                ? null
                                : manifest.subject().digest().toString())
                .setParameter("payload", payload)
                .getResultList();
        if (ids.isEmpty()) {
            return lock(repositoryId, digest).orElseGet(() -> store(repositoryId, digest, manifest, payload));
        }
        long manifestId = ((Number) ids.getFirst()).longValue();
        links.add(repositoryId, manifestId, manifest);
        return manifestId;
    }

    /** The row's number, and the assurance that the row stays until the transaction ends. */
    private Optional<Long> lock(long repositoryId, Digest digest) {
        List<?> ids = entities.createNativeQuery(
                        "select id from manifest where repository_id = :repository and digest = :digest for update")
                .setParameter("repository", repositoryId)
                .setParameter("digest", digest.toString())
                .getResultList();
        return ids.stream().findFirst().map(id -> ((Number) id).longValue());
    }

    private static RegistryException unknown(Reference reference) {
        return new RegistryException(ErrorCode.MANIFEST_UNKNOWN, reference.toString());
    }
}
