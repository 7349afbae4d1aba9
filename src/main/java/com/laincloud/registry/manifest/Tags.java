package com.laincloud.registry.manifest;

import com.laincloud.registry.access.PushPolicy;
import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.database.Transaction;
import com.laincloud.registry.index.TagRows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.origin.Origins;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Page;
import com.laincloud.registry.request.Precondition;
import com.laincloud.registry.request.Requester;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The tags of repositories. */
@Singleton
public class Tags {

    private final TagRows rows;
    private final Repositories repositories;
    private final Events events;
    private final PushPolicy policy;
    private final Origins origins;
    private final Transaction transaction;
    private final CurrentSettings settings;

    @Inject
    public Tags(
            TagRows rows,
            Repositories repositories,
            Events events,
            PushPolicy policy,
            Origins origins,
            Transaction transaction,
            CurrentSettings settings) {
        this.rows = rows;
        this.repositories = repositories;
        this.events = events;
        this.policy = policy;
        this.origins = origins;
        this.transaction = transaction;
        this.settings = settings;
    }

    /**
     * The names of a repository's tags, in the order of their bytes.
     *
     * @throws RegistryException {@link ErrorCode#NAME_UNKNOWN}
     */
    public List<String> names(RepositoryName repository, Page page) {
        origins.beforeListing(repository);
        return rows.names(repositories.requireToPull(repository), page.last(), page.limit());
    }

    /**
     * Refuses early what {@link #move} would refuse later, when more has been done in vain.
     *
     * @throws RegistryException {@link ErrorCode#PRECONDITION_FAILED}, {@link ErrorCode#TAG_IMMUTABLE}
     */
    void requireNow(Target target, Tag tag, Precondition precondition) {
        if (precondition.isPresent() || policy.isImmutable(target.repository(), tag)) {
            require(target, tag, rows.digest(target.repositoryId(), tag), precondition);
        }
    }

    private void require(Target target, Tag tag, Optional<Digest> previous, Precondition precondition) {
        precondition.require(tag, previous);
        previous.ifPresent(digest -> policy.require(target.repository(), tag, digest, target.digest()));
    }

    /** What tags are to name. */
    record Target(RepositoryName repository, long repositoryId, Digest digest) {}

    /**
     * A move of a tag.
     *
     * @param previous what it named before
     * @param at when it was moved, later than any move before
     */
    record Moved(Optional<Digest> previous, Instant at) {}

    /**
     * Binds a tag to a manifest. From before the check of the precondition until the end of the transaction, no other
     * transaction can move the tag. A transaction must move several tags in the order of their names. Then no two
     * transactions wait for each other.
     *
     * @param manifestId the row of the manifest
     * @throws RegistryException {@link ErrorCode#PRECONDITION_FAILED}, {@link ErrorCode#TAG_IMMUTABLE}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    Moved move(Target target, long manifestId, Tag tag, Precondition precondition) {
        long repositoryId = target.repositoryId();
        Optional<Instant> added = rows.add(repositoryId, tag, manifestId, policy.isBurned(target.repository(), tag));
        if (added.isPresent()) {
            precondition.require(tag, Optional.empty());
            return new Moved(Optional.empty(), added.get());
        }
        Optional<Digest> previous = rows.lock(repositoryId, tag);
        if (previous.isEmpty()) { // it was deleted between the two statements
            return move(target, manifestId, tag, precondition);
        }
        require(target, tag, previous, precondition);
        return new Moved(previous, rows.move(repositoryId, tag, manifestId));
    }

    /**
     * Deletes a tag; the manifest it names stays.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNKNOWN} or {@link ErrorCode#NAME_UNKNOWN};
     *     {@link ErrorCode#PRECONDITION_FAILED}
     */
    public void delete(RepositoryName repository, Tag tag, Precondition precondition, Requester requester) {
        origins.beforeDeletion(repository);
        transaction.run(() -> deleteNow(repository, tag, precondition, requester));
    }

    private void deleteNow(RepositoryName repository, Tag tag, Precondition precondition, Requester requester) {
        long repositoryId = repositories.require(repository);
        Digest digest = rows.lock(repositoryId, tag)
                .orElseThrow(() -> new RegistryException(ErrorCode.MANIFEST_UNKNOWN, tag.name()));
        precondition.require(tag, Optional.of(digest));
        Instant at = rows.delete(
                repositoryId, tag, settings.get().garbageCollection().restorable());
        events.record(Event.tagDelete(repository, tag, digest, at), requester);
    }
}
