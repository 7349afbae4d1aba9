package com.laincloud.registry.upload;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.index.Lease;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** How the bytes of a chunk get into a segment of the upload, and are hashed on the way. */
@Singleton
class Reception {

    private static final int BUFFER = 128 * 1024;

    private final UploadSessions sessions;
    private final StorageDriver storage;
    private final CurrentSettings settings;

    @Inject
    Reception(UploadSessions sessions, StorageDriver storage, CurrentSettings settings) {
        this.sessions = sessions;
        this.storage = storage;
        this.settings = settings;
    }

    /** The hash of what an upload holds, from its bytes: where the one that went along with them was lost. */
    PrefixHash hashAgain(Lease lease, DigestAlgorithm algorithm) {
        PrefixHash hash = new PrefixHash(algorithm);
        byte[] buffer = new byte[BUFFER];
        for (Segment segment : lease.segments()) {
            if (segment.length() == 0) {
                continue; // it may not have been written to at all
            }
            try (InputStream bytes = storage.read(lease.upload(), segment)) {
                for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
                    hash.update(buffer, 0, n);
                }
            } catch (IOException e) {
                throw StorageException.failed("upload " + lease.upload() + " cannot be read again", e);
            }
        }
        return hash;
    }

    /**
     * Writes a chunk behind what the upload holds. Where the chunk is known to be empty, nothing is touched.
     *
     * @param hash of all before, which goes on with the chunk; null if that is not known
     * @return how many bytes came
     * @throws TruncatedBodyException if fewer came than were to come: those that came are written
     */
    long receive(Lease lease, Chunk chunk, @Nullable PrefixHash hash) {
        if (!lease.writes()) {
            return 0;
        }
        TruncatedBodyException truncated;
        try (SegmentWriter segment = storage.append(lease.upload(), lease.segment())) {
            try {
                return pour(chunk, segment, hash, lease);
            } catch (TruncatedBodyException e) { // what came before counts, unless closing says that it was lost
                truncated = e;
            }
        }
        throw truncated;
    }

    /** Says from time to time that bytes still come, so that the session is not taken for one that was given up. */
    private long pour(Chunk chunk, SegmentWriter segment, @Nullable PrefixHash hash, Lease lease) {
        byte[] buffer = new byte[BUFFER];
        long written = 0;
        long patience =
                settings.get().storage().uploadPurging().age().dividedBy(4).toNanos();
        long renewed = System.nanoTime();
        try {
            for (int n = chunk.read(buffer, written); n >= 0; n = chunk.read(buffer, written)) {
                pour(buffer, n, segment, hash);
                written += n;
                if (System.nanoTime() - renewed > patience) {
                    sessions.renew(lease);
                    renewed = System.nanoTime();
                }
            }
        } catch (TruncatedBodyException e) {
            pour(buffer, (int) (e.received() - written), segment, hash);
            throw e;
        }
        return written;
    }

    private static void pour(byte[] bytes, int length, SegmentWriter segment, @Nullable PrefixHash hash) {
        segment.write(bytes, 0, length);
        if (hash != null) {
            hash.update(bytes, 0, length);
        }
    }
}
