package com.laincloud.registry.upload;

import com.laincloud.registry.index.Lease;
import com.laincloud.registry.index.UploadRows.Acknowledged;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.quota.Quotas;
import com.laincloud.registry.request.Requester;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How bytes come in. A session is opened, takes bytes in one request or many, and ends as a blob:
 *
 * <ol>
 *   <li>a writer takes the lease of the session (a short transaction),
 *   <li>streams the request's body into a segment, hashing it on the way (no transaction, one buffer of memory),
 *   <li>and gives the lease back, which makes the bytes count (a short transaction);
 *   <li>the last one verifies the digest, makes the bytes durable, and in one transaction turns session into blob.
 * </ol>
 *
 * A crash before the last step leaves a session that can go on where the client was last told it had come; bytes beyond
 * mean nothing. A crash after the bytes became durable and before the transaction leaves them in their place, where the next
 * attempt to complete the session finds them.
 */
@Singleton
public class Uploads {

    private static final System.Logger LOG = System.getLogger(Uploads.class.getName());

    private final UploadSessions sessions;
    private final StorageDriver storage;
    private final Completion completion;
    private final Reception reception;
    private final Quotas quotas;

    @Inject
    public Uploads(
            UploadSessions sessions, StorageDriver storage, Completion completion, Reception reception, Quotas quotas) {
        this.sessions = sessions;
        this.storage = storage;
        this.completion = completion;
        this.reception = reception;
        this.quotas = quotas;
    }

    /**
     * Opens a session, whose bytes are best hashed with {@code algorithm} as they come: that of the digest to expect.
     *
     * @throws RegistryException {@link ErrorCode#DENIED} if a quota leaves no room
     */
    public UUID start(RepositoryName repository, DigestAlgorithm algorithm) {
        quotas.requireRoom(repository);
        boolean isUsual = algorithm == DigestAlgorithm.SHA256;
        return sessions.start(repository, isUsual ? null : new PrefixHash(algorithm));
    }

    /**
     * How many bytes of a session were acknowledged and are there.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_UNKNOWN}
     */
    public long size(RepositoryName repository, UUID upload) {
        Acknowledged session = sessions.acknowledged(repository, upload);
        if (!storage.isTrusted() && !isBlob(upload, session)) {
            try {
                session.segments().forEach(segment -> requireThere(upload, segment));
            } catch (StorageException e) {
                throw e.isLost() ? lost(repository, upload, String.valueOf(e.getMessage())) : e;
            }
        }
        return session.size();
    }

    private boolean isBlob(UUID upload, Acknowledged session) {
        return session.attempted() != null
                && storage.committed(upload, Digest.valueOf(session.attempted()))
                        .isPresent();
    }

    private void requireThere(UUID upload, Segment segment) {
        if (segment.length() == 0) {
            return; // it may not have been written to at all
        }
        try {
            storage.read(upload, segment).close();
        } catch (IOException e) {
            throw StorageException.failed("upload " + upload + " cannot be read", e);
        }
    }

    /** Ends a session whose acknowledged bytes are gone, with the power or the disk: its client has to begin again. */
    private RegistryException lost(RepositoryName repository, UUID upload, String reason) {
        LOG.log(Level.WARNING, "upload {0} is ended, because bytes of it are lost: {1}", upload, reason);
        cancel(repository, upload);
        return new RegistryException(ErrorCode.BLOB_UPLOAD_UNKNOWN, upload + " was lost");
    }

    /**
     * Adds a chunk. If the connection breaks in the middle, what came counts, and the client may go on from there.
     *
     * @return how many bytes the session holds now
     * @throws RegistryException {@link ErrorCode#RANGE_INVALID} for a chunk out of order; {@link ErrorCode#SIZE_INVALID}
     *     for one that is not as long as it says
     */
    public long append(RepositoryName repository, UUID upload, Chunk chunk) {
        Lease lease = lease(repository, upload, chunk, null);
        requireRoom(repository, lease, chunk, () -> false);
        PrefixHash hash = hashBefore(lease).orElse(null);
        try {
            long written = reception.receive(lease, chunk, hash);
            sessions.release(lease, written, hash);
            return lease.size() + written;
        } catch (TruncatedBodyException e) {
            sessions.release(lease, e.received(), hash);
            throw e;
        } catch (RegistryException | StorageException e) {
            throw giveUp(repository, lease, e);
        }
    }

    /** Asked before bytes come in vain, for as many as the client says it sends. */
    private void requireRoom(RepositoryName repository, Lease lease, Chunk chunk, BooleanSupplier isShown) {
        try {
            quotas.require(repository, lease.size() + Math.max(chunk.length(), 0), isShown);
        } catch (RegistryException e) {
            sessions.giveBack(lease);
            throw e;
        }
    }

    /** How far a session has come is not forced to the disk each time, so that a loss of power may take it back. */
    private Lease lease(RepositoryName repository, UUID upload, Chunk chunk, @Nullable Digest intended) {
        Lease lease = sessions.lease(repository, upload, chunk, intended, storage.segmentsGrow());
        if (chunk.acknowledged() > lease.size()) {
            throw lost(
                    repository,
                    upload,
                    lease.size() + " are left of the " + chunk.acknowledged() + " its client knows of");
        }
        return lease;
    }

    /** Drops what a writer wrote, so that the session is as it was. Returns what is to be thrown. */
    private RuntimeException giveUp(RepositoryName repository, Lease lease, RuntimeException reason) {
        if (reason instanceof StorageException storageException && storageException.isLost()) {
            return lost(repository, lease.upload(), String.valueOf(storageException.getMessage()));
        }
        try {
            if (lease.writes()) {
                storage.cut(lease.upload(), lease.segment());
            }
        } catch (StorageException e) {
            LOG.log(Level.WARNING, "bytes of upload " + lease.upload() + " stay, and mean nothing", e);
        }
        sessions.giveBack(lease);
        return reason;
    }

    /**
     * Adds the last chunk, which may be empty, and makes the upload a blob of the repository. When this returns, the blob
     * survives the loss of power. When it throws, nothing of the chunk counts, and the session is as it was; but where bytes
     * are lost that were acknowledged before, it is ended.
     *
     * @throws RegistryException as {@link #append}; {@link ErrorCode#DIGEST_INVALID} if the bytes are not what
     *     {@code digest} says; {@link ErrorCode#DENIED} if a quota leaves too little room
     */
    public void complete(RepositoryName repository, UUID upload, Digest digest, Chunk chunk, Requester requester) {
        Lease lease = lease(repository, upload, chunk, digest);
        OptionalLong committed = completion.committed(lease, digest);
        if (committed.isPresent()) {
            completion.become(repository, lease, digest, committed.getAsLong() - lease.size(), requester);
            return;
        }
        requireRoom(repository, lease, chunk, () -> completion.isShown(repository, digest));
        try {
            PrefixHash hash = hashBefore(lease)
                    .filter(known -> known.algorithm() == digest.algorithm())
                    .orElseGet(() -> reception.hashAgain(lease, digest.algorithm()));
            long written = reception.receive(lease, chunk, hash);
            if (!hash.digest().equals(digest)) {
                throw new RegistryException(
                        ErrorCode.DIGEST_INVALID, "the bytes are " + hash.digest() + ", not " + digest);
            }
            completion.become(repository, lease, digest, written, requester);
        } catch (RegistryException | StorageException e) {
            throw giveUp(repository, lease, e);
        }
    }

    /** Pushes a whole blob in one request: as {@link #complete}, but a session that fails is dropped. */
    public void push(RepositoryName repository, Digest digest, Chunk chunk, Requester requester) {
        UUID upload = start(repository, digest.algorithm());
        try {
            complete(repository, upload, digest, chunk, requester);
        } catch (RegistryException | StorageException e) {
            try {
                cancel(repository, upload);
            } catch (RegistryException ended) { // what went wrong first is what the client is to know
                e.addSuppressed(ended);
            }
            throw e;
        }
    }

    /** Ends a session and drops what it received. */
    public void cancel(RepositoryName repository, UUID upload) {
        sessions.cancel(repository, upload);
        storage.discard(upload);
    }

    /** The hash of what an upload holds; empty where that was not saved, and {@link #complete} reads the bytes again. */
    private Optional<PrefixHash> hashBefore(Lease lease) {
        return PrefixHash.restored(lease.hash(), storage.isTrusted())
                .filter(hash -> hash.size() == lease.size())
                .or(() -> lease.size() == 0 ? Optional.of(new PrefixHash(DigestAlgorithm.SHA256)) : Optional.empty());
    }
}
