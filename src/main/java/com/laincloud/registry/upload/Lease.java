package com.laincloud.registry.upload;

import com.laincloud.registry.storage.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The right of one writer to add bytes to an upload, until another writer overtakes it.
 *
 * @param writer the writer's number
 * @param size bytes of the upload that were acknowledged before
 * @param segment the segment it may write to
 * @param segmentLength where in that segment it begins
 * @param segments all segments as they were acknowledged before
 */
record Lease(
        UUID upload,
        long repositoryId,
        long writer,
        long size,
        int segment,
        long segmentLength,
        List<Segment> segments) {

    /** The segments of the upload once {@code written} bytes of this writer count. */
    List<Segment> segmentsAfter(long written) {
        List<Segment> after = new ArrayList<>(segments);
        after.set(segment, new Segment(segment, segmentLength + written));
        return after;
    }
}
