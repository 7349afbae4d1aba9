package com.laincloud.registry.index;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The right of one writer to add bytes to an upload, until another writer overtakes it.
 *
 * @param writer the writer's number, which no other writer ever had
 * @param before the writer before it; null if it is the first
 * @param writes whether it may write to the last segment; otherwise it adds nothing
 * @param size bytes of the upload that were acknowledged before
 * @param segments all segments as they were acknowledged before; the last is the one it may write to
 * @param attempted which blob an earlier writer meant to complete the upload as, if one did
 * @param intended which blob this writer means to complete the upload as; null if it goes on
 * @param hash what the hash of the bytes before was saved as; null if it was not
 */
public record Lease(
        UUID upload,
        long repositoryId,
        UUID writer,
        @Nullable UUID before,
        boolean writes,
        long size,
        List<Segment> segments,
        @Nullable String attempted,
        @Nullable String intended,
        @Nullable ByteBuffer hash) {

    /** The same right of one who means to complete the upload as this blob. */
    Lease toBecome(Digest digest) {
        return new Lease(
                upload, repositoryId, writer, before, writes, size, segments, attempted, digest.toString(), hash);
    }

    /** Whether an earlier writer meant to complete the upload as this blob, and may have been interrupted after it did. */
    public boolean wasToBecome(Digest digest) {
        return digest.toString().equals(attempted);
    }

    /** The segment it may write to, behind the bytes that were acknowledged. */
    public Segment segment() {
        return segments.getLast();
    }

    /**
     * Whether it writes where an earlier writer did. If the database could forget this lease, another one would be told to
     * write there as well.
     */
    public boolean goesOnWithSegment() {
        return writes && !segment().name().equals(writer.toString());
    }

    /** The segments of the upload once {@code written} bytes of this writer count. */
    public List<Segment> segmentsAfter(long written) {
        List<Segment> after = new ArrayList<>(segments);
        after.set(after.size() - 1, segment().longerBy(written));
        return after;
    }
}
