package com.laincloud.registry.blob;

import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.database.Transaction;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.BlobRows;
import com.laincloud.registry.index.BlobRows.Source;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.origin.Origins;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Requester;
import com.laincloud.registry.storage.StorageKey;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/**
 * The blobs of this registry. Bytes are kept once, however many repositories show them; a repository shows a blob only
 * after it was pushed to it or mounted into it.
 */
@Singleton
public class Blobs {

    private static final int BATCH = 100;

    private final BlobRows rows;
    private final Repositories repositories;
    private final Events events;
    private final Origins origins;
    private final CurrentSettings settings;
    private final Transaction transaction;

    @Inject
    public Blobs(
            BlobRows rows,
            Repositories repositories,
            Events events,
            Origins origins,
            CurrentSettings settings,
            Transaction transaction) {
        this.rows = rows;
        this.repositories = repositories;
        this.events = events;
        this.origins = origins;
        this.settings = settings;
        this.transaction = transaction;
    }

    /** The blob, if the repository shows it. */
    public Optional<Blob> find(RepositoryName repository, Digest digest) {
        return origins.findBlob(repository, digest, () -> rows.find(repository, digest));
    }

    /**
     * The blob that the repository shows.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UNKNOWN}, or {@link ErrorCode#NAME_UNKNOWN} where there is no such
     *     repository
     */
    public Blob require(RepositoryName repository, Digest digest) {
        return find(repository, digest).orElseThrow(() -> unknown(repository, digest));
    }

    /** As {@link #find}, for a caller that wants the bytes and is in no transaction. */
    public Optional<Blob> findToPull(RepositoryName repository, Digest digest) {
        return origins.findBlob(repository, digest, () -> rows.findToPull(repository, digest));
    }

    /** As {@link #require}, for a caller that wants the bytes and is in no transaction. */
    public Blob requireToPull(RepositoryName repository, Digest digest) {
        return findToPull(repository, digest).orElseThrow(() -> unknown(repository, digest));
    }

    /**
     * As {@link #requireToPull}, for one who will not push the blob because it is there: it stays for a while though nothing
     * refers to it.
     */
    public Blob requireToKeep(RepositoryName repository, Digest digest) {
        return origins.findBlob(repository, digest, () -> rows.findToKeep(repository, digest, promised()))
                .orElseThrow(() -> unknown(repository, digest));
    }

    private Duration promised() {
        return settings.get().garbageCollection().promised();
    }

    private RegistryException unknown(RepositoryName repository, Digest digest) {
        repositories.requireToPull(repository);
        return new RegistryException(ErrorCode.BLOB_UNKNOWN, digest.toString());
    }

    /** The blob, in whatever repository. There today, it may be gone tomorrow: see {@link #link}. */
    public Optional<Blob> stored(Digest digest) {
        return rows.stored(digest);
    }

    /**
     * Records that the bytes under {@code key} are durable and shows them in the repository; where another upload of the
     * same content came first, shows that one instead. Needs a transaction.
     *
     * @param damaged the blob as it is stored, if its bytes are not {@linkplain BlobBytes#isIntact intact}: then the new ones take
     *     their place
     * @return whether {@code key} is the blob's now; if not, nothing refers to it
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean add(long repositoryId, Digest digest, long size, StorageKey key, @Nullable Blob damaged) {
        boolean isNew;
        do { // a blob that is collected between the two statements is simply added again
            isNew = rows.add(new Blob(digest, size, key)) || (damaged != null && rows.move(damaged, key));
        } while (!link(repositoryId, digest));
        return isNew;
    }

    /**
     * Shows a stored blob in a repository. The blob's row is locked until the transaction ends, so that it cannot be
     * collected in between. Needs a transaction.
     *
     * @return false if the blob is not stored
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean link(long repositoryId, Digest digest) {
        return rows.link(repositoryId, digest, promised());
    }

    /**
     * Shows a stored blob in a repository, as if it had been pushed there.
     *
     * @return false if the blob is stored no more
     */
    public boolean show(RepositoryName repository, Blob blob, Requester requester) {
        return transaction.get(() -> {
            boolean isShown = rows.link(repository, blob.digest(), promised())
                    .orElseGet(() -> link(repositories.create(repository), blob.digest()));
            if (!isShown) {
                return false;
            }
            events.record(Event.blobMount(repository, blob.digest(), blob.size()), requester);
            return true;
        });
    }

    /** A repository that shows the blob, of those that {@code isMeant} is true of; empty if there is none. */
    @Transactional
    public Optional<RepositoryName> repositoryOf(Digest digest, Predicate<RepositoryName> isMeant) {
        List<Source> batch = rows.sources(digest, 0, BATCH);
        while (!batch.isEmpty()) {
            Optional<RepositoryName> source =
                    batch.stream().map(Source::repository).filter(isMeant).findFirst();
            if (source.isPresent()) {
                return source;
            }
            batch = rows.sources(digest, batch.getLast().repositoryId(), BATCH);
        }
        return Optional.empty();
    }

    /**
     * Takes a blob out of a repository. Its bytes stay for as long as another repository shows it.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UNKNOWN}; {@link ErrorCode#DENIED} with status 405 while a manifest
     *     of the repository refers to it
     */
    public void delete(RepositoryName repository, Digest digest, Requester requester) {
        origins.beforeDeletion(repository);
        Blob blob = require(repository, digest);
        transaction.run(() -> {
            if (!unlink(repository, digest)) {
                if (rows.find(repository, digest).isEmpty()) { // another request has deleted it meanwhile
                    throw unknown(repository, digest);
                }
                throw isReferredTo(digest);
            }
            events.record(Event.blobDelete(repository, digest, blob.size()), requester);
        });
    }

    private static RegistryException isReferredTo(Digest digest) {
        return new RegistryException(ErrorCode.DENIED, 405, "a manifest refers to " + digest);
    }

    private boolean unlink(RepositoryName repository, Digest digest) {
        try {
            return rows.unlink(repository, digest);
        } catch (ConstraintViolationException e) { // a manifest that refers to it was committed this very moment
            throw isReferredTo(digest);
        }
    }
}
