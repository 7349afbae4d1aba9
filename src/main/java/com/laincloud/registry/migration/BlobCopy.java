package com.laincloud.registry.migration;

import com.laincloud.registry.index.Blob;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Copies blobs from one storage to another, as if each were pushed there, and hashes them on their way. */
final class BlobCopy {

    private static final int BUFFER = 256 << 10;

    private final StorageDriver source;
    private final StorageDriver target;

    BlobCopy(StorageDriver source, StorageDriver target) {
        this.source = source;
        this.target = target;
    }

    /**
     * Copies a blob. The copy is durable when this returns; if this throws, or returns empty, no row ever knows of one.
     *
     * @return its place; empty if the bytes are not there, or not what their digest says
     * @throws UnreadableBlobException if they cannot be read
     * @throws StorageException if they cannot be written
     */
    Optional<StorageKey> of(Blob blob) {
        UUID upload = UUID.randomUUID();
        Segment segment = new Segment(UUID.randomUUID().toString(), 0);
        try {
            if (isWritten(blob, upload, segment)) {
                return Optional.of(target.commit(upload, List.of(segment.longerBy(blob.size())), blob.digest()));
            }
        } catch (UnreadableBlobException | StorageException e) {
            discard(upload, e);
            throw e;
        }
        target.discard(upload);
        return Optional.empty();
    }

    private void discard(UUID upload, RuntimeException reason) {
        try {
            target.discard(upload);
        } catch (StorageException e) {
            reason.addSuppressed(e);
        }
    }

    private boolean isWritten(Blob blob, UUID upload, Segment segment) {
        MessageDigest hash = blob.digest().algorithm().newMessageDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = open(blob);
                SegmentWriter out = target.append(upload, segment)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        } catch (MissingBytesException e) {
            return false;
        } catch (IOException e) {
            throw new UnreadableBlobException(blob, e);
        }
        return Digest.finish(blob.digest().algorithm(), hash).equals(blob.digest());
    }

    private InputStream open(Blob blob) throws MissingBytesException {
        try {
            return source.content(blob.key(), blob.size()).open(0);
        } catch (StorageException e) {
            if (e.isLost()) {
                throw new MissingBytesException(e);
            }
            throw new UnreadableBlobException(blob, e);
        }
    }

    @SuppressWarnings("serial") // never serialised
    private static final class MissingBytesException extends IOException {

        MissingBytesException(StorageException cause) {
            super(cause);
        }
    }
}
