package com.laincloud.registry.manifest;

import com.laincloud.registry.access.PushPolicy;
import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.database.Transaction;
import com.laincloud.registry.index.TagRows;
import com.laincloud.registry.index.TagRows.MovedTag;
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

    /** What tags are to name. */
    record Target(RepositoryName repository, long repositoryId, Digest digest) {}

    /**
     * Binds a tag to a manifest. From before the check of the precondition until the end of the transaction, no other
     * transaction can move the tag. A transaction must move several tags in the order of their names. Then no two
     * transactions wait for each other.
     *
     * @param manifestId the row of the manifest
     * @throws RegistryException {@link ErrorCode#PRECONDITION_FAILED}, {@link ErrorCode#TAG_IMMUTABLE}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    MovedTag move(Target target, long manifestId, Tag tag, Precondition precondition) {
        MovedTag moved = rows.move(target.repositoryId(), tag, manifestId, policy.isBurned(target.repository(), tag));
        requireAllowed(target, tag, moved, precondition);
        return moved;
    }

    /**
     * Lets a tag have been moved, or refuses it, so that the transaction is rolled back.
     *
     * @throws RegistryException {@link ErrorCode#PRECONDITION_FAILED}, {@link ErrorCode#TAG_IMMUTABLE}
     */
    void requireAllowed(Target target, Tag tag, MovedTag moved, Precondition precondition) {
        precondition.require(tag, moved.previous());
        moved.previous().ifPresent(digest -> policy.require(target.repository(), tag, digest, target.digest()));
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
