package com.laincloud.registry.storage.s3;

import com.laincloud.registry.storage.SegmentWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes one object: in one request if its bytes are fewer than a part, or else in parts that begin at fixed places. A writer
 * that fails leaves nothing.
 */
final class ObjectWriter implements SegmentWriter {

    private final Bucket bucket;
    private final PartSenders senders;
    private final Scratch scratch;
    private final String key;
    private final long partSize;
    private @Nullable ScratchFile filling;
    private @Nullable Multipart multipart;
    private boolean ended;

    ObjectWriter(Bucket bucket, PartSenders senders, Scratch scratch, String key, long partSize) {
        this.bucket = bucket;
        this.senders = senders;
        this.scratch = scratch;
        this.key = key;
        this.partSize = partSize;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        try {
            int written = 0;
            while (written < length) {
                ScratchFile file = next();
                int count = (int) Math.min(length - written, partSize - file.length());
                file.write(bytes, offset + written, count);
                written += count;
            }
        } catch (RuntimeException e) {
            giveUp();
            throw e;
        }
    }

    /** The file that takes the next byte. A full one is a part only when there is a next byte. */
    private ScratchFile next() {
        ScratchFile file = filling;
        if (file != null && file.length() == partSize) {
            Multipart target = started();
            filling = null;
            target.send(file);
            file = null;
        }
        if (file == null) {
            file = scratch.file();
            filling = file;
        }
        return file;
    }

    private Multipart started() {
        Multipart started = multipart;
        if (started == null) {
            started = new Multipart(bucket, senders, key);
            multipart = started;
        }
        return started;
    }

    /** Where nothing was written, there is no object. */
    @Override
    public void close() {
        ScratchFile file = filling;
        if (ended || file == null) {
            return;
        }
        ended = true;
        filling = null;
        Multipart started = multipart;
        if (started == null) {
            try (file) {
                bucket.newObjects().create(key, file.body());
            }
            return;
        }
        try {
            started.send(file);
            started.complete();
        } catch (RuntimeException e) {
            started.abort();
            throw e;
        }
    }

    private void giveUp() {
        ended = true;
        if (filling != null) {
            filling.close();
        }
        if (multipart != null) {
            multipart.abort();
        }
    }
}
