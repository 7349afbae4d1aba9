package com.laincloud.registry.manifest;

import com.laincloud.registry.access.PushPolicy;
import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.database.Transaction;
import com.laincloud.registry.index.LinkRows.ImageSize;
import com.laincloud.registry.index.ManifestRows;
import com.laincloud.registry.index.StoredManifest;
import com.laincloud.registry.index.TagRows;
import com.laincloud.registry.index.TagRows.DeletedTag;
import com.laincloud.registry.manifest.Tags.Moved;
import com.laincloud.registry.manifest.Tags.Target;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.origin.Origins;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Precondition;
import com.laincloud.registry.request.Requester;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.hibernate.exception.ConstraintViolationException;

/**
 * The manifests of this registry: rows with the exact bytes that were put, and links to everything they refer to. What a
 * manifest refers to cannot be deleted before it: the database's foreign keys are the referee.
 */
@Singleton
public class Manifests {

    private final Repositories repositories;
    private final Tags tags;
    private final Events events;
    private final ManifestLinks links;
    private final PushPolicy policy;
    private final Origins origins;
    private final ManifestRows rows;
    private final TagRows tagRows;
    private final Transaction transaction;
    private final CurrentSettings settings;

    @Inject
    public Manifests(
            ManifestRows rows,
            TagRows tagRows,
            Repositories repositories,
            Tags tags,
            ManifestLinks links,
            PushPolicy policy,
            Events events,
            Origins origins,
            Transaction transaction,
            CurrentSettings settings) {
        this.rows = rows;
        this.tagRows = tagRows;
        this.repositories = repositories;
        this.tags = tags;
        this.links = links;
        this.policy = policy;
        this.events = events;
        this.origins = origins;
        this.transaction = transaction;
        this.settings = settings;
    }

    /** The manifest a reference names now; without its bytes if it has more than 64 KiB. */
    public Optional<StoredManifest> find(RepositoryName repository, Reference reference) {
        return origins.findManifest(repository, reference, () -> rows.find(repository, reference));
    }

    /**
     * The manifest a reference names now.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNKNOWN}, or {@link ErrorCode#NAME_UNKNOWN} where there is no
     *     such repository
     */
    public StoredManifest require(RepositoryName repository, Reference reference) {
        return find(repository, reference).orElseThrow(() -> unknown(repository, reference));
    }

    /**
     * As {@link #require}, for one who will not push the manifest because it is there.
     *
     * @param time how long it stays at least, though nothing refers to it
     */
    StoredManifest requireToKeep(RepositoryName repository, Digest digest, Duration time) {
        return origins.findManifest(repository, digest, () -> rows.findToKeep(repository, digest, time))
                .orElseThrow(() -> unknown(repository, digest));
    }

    private RegistryException unknown(RepositoryName repository, Reference reference) {
        repositories.requireToPull(repository);
        return unknown(reference);
    }

    /**
     * The bytes of a manifest that was found, however many.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNKNOWN} if it was deleted meanwhile
     */
    byte[] payload(RepositoryName repository, StoredManifest found) {
        return found.isAtHand()
                ? found.payload()
                : rows.payload(repository, found.digest()).orElseThrow(() -> unknown(found.digest()));
    }

    /**
     * Puts a manifest, and moves tags to it. Manifest, links, tags and events are there together or not at all.
     *
     * @param names the tags to move; none to put the manifest by its digest alone
     * @param precondition of every tag that is moved, or else of the manifest itself
     * @throws RegistryException {@link ErrorCode#MANIFEST_BLOB_UNKNOWN} naming everything the manifest refers to that the
     *     repository does not hold; {@link ErrorCode#PRECONDITION_FAILED}; {@link ErrorCode#TAG_IMMUTABLE}
     */
    void put(
            RepositoryName repository,
            Collection<Tag> names,
            PushedManifest manifest,
            Precondition precondition,
            Requester requester) {
        origins.beforePush(repository, names, manifest.content());
        transaction.run(() -> store(repository, names, manifest, precondition, requester));
    }

    private void store(
            RepositoryName repository,
            Collection<Tag> names,
            PushedManifest manifest,
            Precondition precondition,
            Requester requester) {
        long repositoryId = repositories.create(repository);
        policy.require(repository, manifest.content());
        Target target = new Target(repository, repositoryId, manifest.digest());
        names.forEach(tag -> tags.requireNow(target, tag, precondition));
        Stored stored = store(repositoryId, manifest, names.isEmpty() ? precondition : Precondition.NONE);
        Event push = push(repository, manifest, stored.image());
        if (names.isEmpty()) {
            rows.review(stored.number());
            events.record(push, requester);
        }
        for (Tag tag : names.stream()
                .distinct()
                .sorted(Comparator.comparing(Tag::name))
                .toList()) {
            Moved moved = tags.move(target, stored.number(), tag, precondition);
            events.record(push.named(tag, moved.previous().orElse(null), moved.at()), requester);
            push = push.again();
        }
    }

    private static Event push(RepositoryName repository, PushedManifest manifest, ImageSize image) {
        return Event.manifestPush(
                repository,
                manifest.digest(),
                manifest.content().mediaType(),
                manifest.payload().length,
                image.bytes(),
                image.reused());
    }

    /**
     * Deletes a manifest from a repository, and all tags that name it.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNKNOWN} or {@link ErrorCode#NAME_UNKNOWN};
     *     {@link ErrorCode#DENIED} with status 405 while an index of the repository refers to it;
     *     {@link ErrorCode#PRECONDITION_FAILED}
     */
    void delete(RepositoryName repository, Digest digest, Precondition precondition, Requester requester) {
        origins.beforeDeletion(repository);
        transaction.run(() -> deleteNow(repository, digest, precondition, requester));
    }

    private void deleteNow(RepositoryName repository, Digest digest, Precondition precondition, Requester requester) {
        long repositoryId = repositories.require(repository);
        long manifestId = rows.lock(repositoryId, digest).orElseThrow(() -> unknown(digest));
        precondition.require("the manifest", Optional.of(digest));
        for (DeletedTag deleted : tagRows.deleteAll(manifestId, restorable())) {
            events.record(Event.tagDelete(repository, deleted.tag(), digest, deleted.at()), requester);
        }
        if (!remove(repositoryId, manifestId, digest)) {
            throw new RegistryException(ErrorCode.DENIED, 405, "an index refers to " + digest);
        }
        events.record(Event.manifestDelete(repository, digest), requester);
    }

    private Duration restorable() {
        return settings.get().garbageCollection().restorable();
    }

    /** @return false if an index refers to the manifest, whether it was there when the index was pushed or came later */
    private boolean remove(long repositoryId, long manifestId, Digest digest) {
        try {
            return rows.delete(repositoryId, manifestId, digest, restorable());
        } catch (ConstraintViolationException e) {
            return false;
        }
    }

    private record Stored(long number, ImageSize image) {}

    private Stored store(long repositoryId, PushedManifest manifest, Precondition precondition) {
        Digest digest = manifest.digest();
        Optional<Long> added = rows.add(
                repositoryId,
                new StoredManifest(digest, manifest.content().mediaType(), manifest.payload()),
                manifest.content().artifactType(),
                manifest.subject());
        if (added.isEmpty()) {
            Optional<Long> existing = rows.lock(repositoryId, digest);
            if (existing.isEmpty()) { // it was deleted between the two statements
                return store(repositoryId, manifest, precondition);
            }
            precondition.require("the manifest", Optional.of(digest));
            return new Stored(existing.get(), links.mend(repositoryId, existing.get(), manifest.content()));
        }
        precondition.require("the manifest", Optional.empty());
        return new Stored(added.get(), links.add(repositoryId, added.get(), manifest.content()));
    }

    private static RegistryException unknown(Reference reference) {
        return new RegistryException(ErrorCode.MANIFEST_UNKNOWN, reference.toString());
    }
}
