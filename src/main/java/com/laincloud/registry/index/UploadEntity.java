package com.laincloud.registry.index;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Segment;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.annotations.SourceType;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code upload}: an upload session.
 *
 * <p>One writer at a time adds bytes. It is known by its number; a writer that comes while another has not ended overtakes
 * it, and gets a segment of its own, so that whatever the overtaken one still writes means nothing.
 */
@Entity
@Table(name = "upload")
@SuppressWarnings("UnusedVariable") // Hibernate reads and writes the fields
public class UploadEntity {

    @Id
    private UUID id;

    @Column(name = "repository_id", updatable = false)
    private long repositoryId;

    private long size;
    private long[] segments = {};
    private long writer;
    private boolean writing;
    private @Nullable String digest;

    @CurrentTimestamp(source = SourceType.DB)
    @Column(name = "touched_at")
    private Instant touchedAt;

    protected UploadEntity() {}

    UploadEntity(UUID id, long repositoryId) {
        this.id = id;
        this.repositoryId = repositoryId;
    }

    UUID id() {
        return id;
    }

    public long repositoryId() {
        return repositoryId;
    }

    public long size() {
        return size;
    }

    /** What has been acknowledged to the client, in order. */
    List<Segment> segments() {
        List<Segment> list = new ArrayList<>();
        for (int number = 0; number < segments.length; number++) {
            list.add(new Segment(number, segments[number]));
        }
        return list;
    }

    /** The next writer's place: after the last byte of the last segment, or in a new one where that may be in use. */
    public Lease lease() {
        if (segments.length == 0 || writing) {
            segments = Arrays.copyOf(segments, segments.length + 1);
        }
        writer++;
        writing = true;
        int last = segments.length - 1;
        return new Lease(id, repositoryId, writer, size, last, segments[last], segments(), digest);
    }

    /** Whether {@code lease} is the latest one. */
    public boolean isHeldBy(Lease lease) {
        return writer == lease.writer();
    }

    /** Counts what the writer wrote as acknowledged, and lets the next one go on in the same segment. */
    public void release(Lease lease, long written) {
        segments = segments.clone(); // the array a query returned is not seen to change
        segments[lease.segment()] = lease.segmentLength() + written;
        size = lease.size() + written;
        writing = false;
    }

    /** Says which blob the bytes are about to become, so that they are found again if that is interrupted. */
    public void becomes(Digest intended) {
        digest = intended.toString();
    }
}
