package com.laincloud.registry.upload;

import com.laincloud.registry.blob.BlobBytes;
import com.laincloud.registry.blob.Blobs;
import com.laincloud.registry.database.Transaction;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.Lease;
import com.laincloud.registry.integrity.OwnStorage;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.quota.Quotas;
import com.laincloud.registry.request.Requester;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How received bytes become a blob: they are made durable first, under a key that is this upload's alone; then the row says
 * so, and with it the answer. A crash in between leaves the bytes in their place, where the next attempt finds them.
 */
@Singleton
class Completion {

    private static final System.Logger LOG = System.getLogger(Completion.class.getName());

    private final UploadSessions sessions;
    private final StorageDriver storage;
    private final Blobs blobs;
    private final BlobBytes bytes;
    private final OwnStorage own;
    private final Quotas quotas;
    private final Transaction transaction;

    @Inject
    Completion(
            UploadSessions sessions,
            StorageDriver storage,
            Blobs blobs,
            BlobBytes bytes,
            OwnStorage own,
            Quotas quotas,
            Transaction transaction) {
        this.sessions = sessions;
        this.storage = storage;
        this.blobs = blobs;
        this.bytes = bytes;
        this.own = own;
        this.quotas = quotas;
        this.transaction = transaction;
    }

    /** The size of what an earlier request, which never got its answer, had verified and moved to its place already. */
    OptionalLong committed(Lease lease, Digest digest) {
        return lease.wasToBecome(digest)
                ? storage.committed(lease.upload(), digest).map(storage::size).orElse(OptionalLong.empty())
                : OptionalLong.empty();
    }

    /**
     * Makes the bytes of an upload a blob of the repository. Bytes that are stored already, and are right, are not stored a
     * second time; those that are wrong are replaced.
     *
     * @param digest what the bytes were found to be
     * @param written how many of them the holder of the lease added
     * @throws RegistryException {@link ErrorCode#DENIED} if a quota leaves too little room
     * @throws StorageException if the storage is not the one of the database, or fails
     */
    void become(RepositoryName repository, Lease lease, Digest digest, long written, Requester requester) {
        long size = lease.size() + written;
        quotas.require(repository, size, () -> isShown(repository, digest));
        Optional<Blob> stored = blobs.stored(digest);
        Optional<Blob> damaged = stored.filter(blob -> !bytes.isIntact(blob));
        if (stored.isPresent()
                && damaged.isEmpty()
                && transaction.get(() -> sessions.completeWithStored(repository, lease, digest, size, requester))) {
            dropLeavings(lease, written, digest);
            return;
        }
        StorageKey key = storage.commit(lease.upload(), lease.segmentsAfter(written), digest);
        if (damaged.isPresent()) {
            own.require(); // else it would lose the bytes that it has elsewhere
        }
        own.requireToHold(key); // not the directory below a disk that is not mounted
        if (!becameOwn(
                () -> sessions.complete(repository, lease, digest, size, key, damaged.orElse(null), requester))) {
            dropLeavings(lease, written, digest);
        } else if (damaged.isPresent()) {
            dropDamaged(damaged.get());
        }
    }

    /** Of a storage that the database left while this process was frozen, its operator is told where all blobs are now. */
    private boolean becameOwn(Supplier<Boolean> completion) {
        try {
            return transaction.get(completion);
        } catch (StorageException e) {
            own.require();
            throw e;
        }
    }

    /** Whether the repository shows a blob already, so that pushing it again adds nothing. */
    boolean isShown(RepositoryName repository, Digest digest) {
        return blobs.find(repository, digest).isPresent();
    }

    /**
     * Removes bytes that others have taken the place of: no row refers to their key any more, and none ever will. Where this does
     * not come to its end, the next collection does it.
     */
    private void dropDamaged(Blob blob) {
        LOG.log(Level.WARNING, "{0} was damaged or lost, and has its bytes again from a push", blob.digest());
        storage.delete(Set.of(blob.key()));
    }

    /**
     * Removes what an upload received, also where it was committed, which the blob it became does without: no row refers to
     * that, and none ever will, because the session is gone. The blob was pushed, whether or not this succeeds.
     */
    private void dropLeavings(Lease lease, long written, Digest digest) {
        try {
            storage.discard(lease.upload(), lease.segmentsAfter(written), digest);
        } catch (StorageException e) {
            LOG.log(Level.WARNING, "leavings of upload " + lease.upload() + " stay", e);
        }
    }
}
