package com.laincloud.registry.index;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The right of one writer to add bytes to an upload, until another writer overtakes it.
 *
 * @param writer the writer's number
 * @param size bytes of the upload that were acknowledged before
 * @param segment the segment it may write to
 * @param segmentLength where in that segment it begins
 * @param attempted which blob an earlier writer meant to complete the upload as, if one did
 * @param segments all segments as they were acknowledged before
 */
public record Lease(
        UUID upload,
        long repositoryId,
        long writer,
        long size,
        int segment,
        long segmentLength,
        List<Segment> segments,
        @Nullable String attempted) {

    /** Whether an earlier writer meant to complete the upload as this blob, and may have been interrupted after it did. */
    public boolean wasToBecome(Digest digest) {
        return digest.toString().equals(attempted);
    }

    /** The segments of the upload once {@code written} bytes of this writer count. */
    public List<Segment> segmentsAfter(long written) {
        List<Segment> after = new ArrayList<>(segments);
        after.set(segment, new Segment(segment, segmentLength + written));
        return after;
    }
}
