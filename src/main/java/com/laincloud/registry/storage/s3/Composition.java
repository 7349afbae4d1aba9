package com.laincloud.registry.storage.s3;

import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Makes one object of several. The store copies what is long enough for a part of its own; what is shorter is fetched and sent
 * again, together with what it takes of the next ones to be as long.
 */
final class Composition {

    private static final int BUFFER = 64 << 10;
    private static final long LARGEST_COPY = 128L << 20;

    private final Bucket bucket;
    private final PartSenders senders;
    private final Scratch scratch;
    private final String key;
    private @Nullable ScratchFile carried;
    private @Nullable Multipart multipart;

    Composition(Bucket bucket, PartSenders senders, Scratch scratch, String key) {
        this.bucket = bucket;
        this.senders = senders;
        this.scratch = scratch;
        this.key = key;
    }

    /** Makes it. If this throws, nothing is left of it. */
    void compose(UUID upload, List<Segment> segments) {
        try {
            for (Segment segment : segments) {
                add(StorageKey.object(upload, segment.name()).path(), segment.length());
            }
            finish();
        } catch (RuntimeException e) {
            if (multipart != null) {
                multipart.abort();
            }
            throw e;
        } finally {
            if (carried != null) {
                carried.close();
            }
        }
    }

    private void add(String source, long length) {
        ScratchFile begun = carried;
        long offset = 0;
        if (begun != null) {
            offset = Math.min(Multipart.SMALLEST_PART - begun.length(), length);
            carry(source, 0, offset, begun);
            if (begun.length() == Multipart.SMALLEST_PART) {
                Multipart target = started();
                carried = null;
                target.send(begun);
            }
        }
        while (length - offset >= Multipart.SMALLEST_PART) {
            long left = length - offset;
            long count = left < LARGEST_COPY + Multipart.SMALLEST_PART ? left : LARGEST_COPY;
            if (count == length) {
                started().copy(source, length);
            } else {
                started().copy(source, offset, count);
            }
            offset += count;
        }
        if (offset < length) {
            ScratchFile file = scratch.file();
            carried = file;
            carry(source, offset, length - offset, file);
        }
    }

    private Multipart started() {
        Multipart started = multipart;
        if (started == null) {
            started = new Multipart(bucket, senders, key);
            multipart = started;
        }
        return started;
    }

    private void carry(String source, long offset, long count, ScratchFile file) {
        byte[] buffer = new byte[BUFFER];
        try (InputStream bytes = bucket.read(source, offset, count)) {
            for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
                file.write(buffer, 0, n);
            }
        } catch (IOException e) {
            throw StorageException.failed("bucket " + bucket.name() + ", " + source + " cannot be read: " + e, e);
        }
    }

    private void finish() {
        ScratchFile last = carried;
        Multipart started = multipart;
        if (started == null) {
            bucket.put(key, last == null ? RequestBody.empty() : last.body());
            return;
        }
        if (last != null) {
            carried = null;
            started.send(last);
        }
        started.complete();
    }
}
