package com.laincloud.registry.upload;

import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.blob.Blobs;
import com.laincloud.registry.database.Transaction;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.Lease;
import com.laincloud.registry.index.UploadEntity;
import com.laincloud.registry.index.UploadRows;
import com.laincloud.registry.index.UploadRows.Acknowledged;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Requester;
import com.laincloud.registry.storage.StorageKey;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The upload sessions, whose rows are changed in short transactions before and after the bytes stream. How far an upload has come
 * is not worth waiting for the disk: a session that is lost with the power is begun again by its client. What is waited for is
 * the right to write behind the bytes of an earlier writer.
 */
@Singleton
public class UploadSessions {

    private final UploadRows rows;
    private final Repositories repositories;
    private final Blobs blobs;
    private final Events events;
    private final Transaction transaction;

    @Inject
    public UploadSessions(
            UploadRows rows, Repositories repositories, Blobs blobs, Events events, Transaction transaction) {
        this.rows = rows;
        this.repositories = repositories;
        this.blobs = blobs;
        this.events = events;
        this.transaction = transaction;
    }

    /**
     * Opens a session, and the repository with it.
     *
     * @param hash that goes along with the bytes to come; null for the usual one
     */
    public UUID start(RepositoryName repository, @Nullable PrefixHash hash) {
        return transaction.get(() -> {
            rows.doNotWaitForTheDisk();
            return rows.add(repositories.create(repository), saved(hash));
        });
    }

    private static byte @Nullable [] saved(@Nullable PrefixHash hash) {
        return hash == null ? null : hash.saved().orElse(null);
    }

    /**
     * What of a session was acknowledged.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_UNKNOWN}
     */
    Acknowledged acknowledged(RepositoryName repository, UUID upload) {
        return rows.acknowledged(repository, upload).orElseThrow(() -> unknown(upload));
    }

    /**
     * Gives the right to write to a new writer, who overtakes any other.
     *
     * @param chunk what it is to write
     * @param intended which blob the upload is to become after this; null if it goes on
     * @param segmentsGrow whether a writer can go on with a segment that another one has ended
     * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_UNKNOWN}; {@link ErrorCode#RANGE_INVALID} if the chunk
     *     does not begin where the upload ends
     */
    Lease lease(RepositoryName repository, UUID id, Chunk chunk, @Nullable Digest intended, boolean segmentsGrow) {
        return transaction.get(() -> leaseNow(repository, id, chunk, intended, segmentsGrow));
    }

    private Lease leaseNow(
            RepositoryName repository, UUID id, Chunk chunk, @Nullable Digest intended, boolean segmentsGrow) {
        UploadEntity upload = lock(repository, id);
        if (chunk.offset() != null && chunk.offset() != upload.size()) {
            throw new OutOfOrderException(id, upload.size());
        }
        Lease lease = upload.lease(chunk.length() != 0, segmentsGrow);
        if (!lease.goesOnWithSegment()) {
            rows.doNotWaitForTheDisk();
        }
        return intended == null ? lease : upload.becomes(lease, intended);
    }

    /**
     * Counts what a writer wrote.
     *
     * @param hash of all bytes up to there; null if it is not known
     * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_INVALID} if the writer was overtaken;
     *     {@link ErrorCode#BLOB_UPLOAD_UNKNOWN} if the session was ended meanwhile
     */
    void release(Lease lease, long written, @Nullable PrefixHash hash) {
        transaction.run(() -> {
            rows.doNotWaitForTheDisk();
            held(lease).release(lease, written, saved(hash));
        });
    }

    /**
     * Takes the right back from a writer of which nothing counts.
     *
     * @throws RegistryException as {@link #release}
     */
    void giveBack(Lease lease) {
        transaction.run(() -> {
            rows.doNotWaitForTheDisk();
            held(lease).giveBack();
        });
    }

    /**
     * Says that a writer is still at it.
     *
     * @throws RegistryException as {@link #release}, so that no writer goes on in vain
     */
    void renew(Lease lease) {
        transaction.run(() -> {
            rows.doNotWaitForTheDisk();
            if (!rows.touch(lease)) {
                held(lease); // says why
            }
        });
    }

    /**
     * Ends a session: its bytes are the blob {@code digest} now, kept under {@code key}, and shown in the repository.
     *
     * @param damaged the blob as it is stored, if its bytes are to be replaced
     * @return false if the same blob came first from elsewhere, so that nothing refers to {@code key}
     * @throws RegistryException as {@link #release}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    boolean complete(
            RepositoryName repository,
            Lease lease,
            Digest digest,
            long size,
            StorageKey key,
            @Nullable Blob damaged,
            Requester requester) {
        UploadEntity upload = heldBy(repository, lease);
        boolean kept = blobs.add(lease.repositoryId(), digest, size, key, damaged);
        end(upload, repository, digest, size, kept ? 0 : size, requester);
        return kept;
    }

    /**
     * Ends a session whose bytes are stored already, as a blob that the repository shows from now on.
     *
     * @return false if that blob is stored no more; the session goes on then
     * @throws RegistryException as {@link #release}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    boolean completeWithStored(RepositoryName repository, Lease lease, Digest digest, long size, Requester requester) {
        UploadEntity upload = heldBy(repository, lease);
        if (!blobs.link(lease.repositoryId(), digest)) {
            return false;
        }
        end(upload, repository, digest, size, size, requester);
        return true;
    }

    private void end(
            UploadEntity upload,
            RepositoryName repository,
            Digest digest,
            long size,
            long reused,
            Requester requester) {
        rows.delete(upload);
        events.record(Event.blobPush(repository, digest, size, reused), requester);
    }

    /**
     * Ends a session and forgets it.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_UNKNOWN}
     */
    void cancel(RepositoryName repository, UUID id) {
        AtomicBoolean isRepeated = new AtomicBoolean();
        transaction.run(() -> {
            Optional<UploadEntity> upload = find(repository, id);
            if (upload.isEmpty() && !isRepeated.get()) { // or else an attempt whose answer was lost has ended it
                throw unknown(id);
            }
            isRepeated.set(true);
            upload.ifPresent(rows::delete);
        });
    }

    private UploadEntity lock(RepositoryName repository, UUID id) {
        return find(repository, id).orElseThrow(() -> unknown(id));
    }

    private Optional<UploadEntity> find(RepositoryName repository, UUID id) {
        Optional<Long> repositoryId = repositories.find(repository);
        return repositoryId.flatMap(number -> rows.lock(id).filter(upload -> upload.repositoryId() == number));
    }

    /** As {@link #held}, while the repository is called as it was when the lease was given out. */
    private UploadEntity heldBy(RepositoryName repository, Lease lease) {
        if (repositories.require(repository) != lease.repositoryId()) {
            throw unknown(lease.upload());
        }
        return held(lease);
    }

    private UploadEntity held(Lease lease) {
        UploadEntity upload = rows.lock(lease.upload()).orElseThrow(() -> unknown(lease.upload()));
        if (upload.isBehind(lease)) {
            throw unknown(lease.upload());
        }
        upload.remember(lease);
        if (!upload.isHeldBy(lease)) {
            throw new RegistryException(
                    ErrorCode.BLOB_UPLOAD_INVALID, "another request went on with upload " + lease.upload());
        }
        return upload;
    }

    private static RegistryException unknown(UUID upload) {
        return new RegistryException(ErrorCode.BLOB_UPLOAD_UNKNOWN, upload.toString());
    }
}
