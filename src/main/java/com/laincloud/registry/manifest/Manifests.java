package com.laincloud.registry.manifest;

import com.laincloud.registry.access.PushPolicy;
import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.database.Transaction;
import com.laincloud.registry.index.LinkRows.ImageSize;
import com.laincloud.registry.index.ManifestRows;
import com.laincloud.registry.index.PushRows;
import com.laincloud.registry.index.PushRows.NewManifest;
import com.laincloud.registry.index.PushRows.PushedRows;
import com.laincloud.registry.index.StoredManifest;
import com.laincloud.registry.index.TagRows;
import com.laincloud.registry.index.TagRows.DeletedTag;
import com.laincloud.registry.index.TagRows.MovedTag;
import com.laincloud.registry.manifest.Tags.Target;
import com.laincloud.registry.oci.Descriptor;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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
    private final PushRows pushRows;
    private final TagRows tagRows;
    private final Transaction transaction;
    private final CurrentSettings settings;

    @Inject
    public Manifests(
            ManifestRows rows,
            PushRows pushRows,
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
        this.pushRows = pushRows;
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
        policy.require(repository, manifest.content());
        List<Tag> inOrder = names.stream()
                .distinct()
                .sorted(Comparator.comparing(Tag::name))
                .toList();
        PushedRows pushed = add(repository, manifest, inOrder);
        if (inOrder.isEmpty()) {
            precondition.require("the manifest", pushed.isNew() ? Optional.empty() : Optional.of(manifest.digest()));
        }
        Target target = new Target(repository, pushed.repositoryId(), manifest.digest());
        for (int i = 0; i < inOrder.size(); i++) {
            tags.requireAllowed(target, inOrder.get(i), pushed.tags().get(i), precondition);
        }
        record(repository, manifest, inOrder, pushed, requester);
    }

    private PushedRows add(RepositoryName repository, PushedManifest manifest, List<Tag> names) {
        NewManifest added = new NewManifest(
                new StoredManifest(manifest.digest(), manifest.content().mediaType(), manifest.payload()),
                manifest.content().artifactType(),
                manifest.subject(),
                manifest.content().blobs().stream().map(Descriptor::digest).toList());
        Supplier<Optional<PushedRows>> push =
                () -> pushRows.push(repository, added, names, tag -> policy.isBurned(repository, tag));
        return push.get().orElseGet(() -> {
            repositories.create(repository);
            return push.get().orElseThrow();
        });
    }

    private void record(
            RepositoryName repository,
            PushedManifest manifest,
            List<Tag> names,
            PushedRows pushed,
            Requester requester) {
        ImageSize image = pushed.isNew()
                ? links.complete(pushed, manifest.content())
                : links.mend(pushed.repositoryId(), pushed.manifestId(), manifest.content());
        Event push = push(repository, manifest, image);
        if (names.isEmpty()) {
            events.record(push, requester);
        }
        for (int i = 0; i < names.size(); i++) {
            MovedTag moved = pushed.tags().get(i);
            events.record(push.named(names.get(i), moved.previous().orElse(null), moved.at()), requester);
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

    private static RegistryException unknown(Reference reference) {
        return new RegistryException(ErrorCode.MANIFEST_UNKNOWN, reference.toString());
    }
}
