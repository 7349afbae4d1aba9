package com.laincloud.registry.index;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Segment;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.annotations.SourceType;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code upload}: an upload session.
 *
 * <p>One writer at a time adds bytes. It is known by its number; a writer that comes while another has not ended overtakes
 * it, and gets a segment of its own, so that whatever the overtaken one still writes means nothing. The numbers are random, and
 * segments are named by them: a crash of the database may take back that a lease was given out, and the next one must be another.
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

    @Column(name = "segment_names")
    private String[] segmentNames = {};

    private @Nullable UUID writer;
    private boolean writing;
    private byte @Nullable [] hash;
    private @Nullable String digest;

    @CurrentTimestamp(source = SourceType.DB)
    @Column(name = "touched_at")
    private Instant touchedAt;

    protected UploadEntity() {}

    UploadEntity(UUID id, long repositoryId, byte @Nullable [] hash) {
        this.id = id;
        this.repositoryId = repositoryId;
        this.hash = hash;
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
    static List<Segment> segments(String[] names, long[] lengths) {
        return IntStream.range(0, lengths.length)
                .mapToObj(place -> new Segment(names[place], lengths[place]))
                .toList();
    }

    /**
     * The next writer's place: after the last byte of the last segment, or in a new one where that may be in use.
     *
     * @param writes whether it has bytes to write, as far as is known
     * @param segmentsGrow whether it can go on with a segment that another one has ended
     */
    public Lease lease(boolean writes, boolean segmentsGrow) {
        UUID before = writer;
        UUID next = UUID.randomUUID();
        if (segments.length == 0 || writing || (writes && !segmentsGrow)) {
            segments = Arrays.copyOf(segments, segments.length + 1);
            segmentNames = Arrays.copyOf(segmentNames, segments.length);
            segmentNames[segments.length - 1] = next.toString();
        }
        writer = next;
        writing = true;
        return new Lease(
                id,
                repositoryId,
                next,
                before,
                writes,
                size,
                segments(segmentNames, segments),
                digest,
                null,
                hash == null ? null : ByteBuffer.wrap(hash).asReadOnlyBuffer());
    }

    /** Whether {@code lease} is the latest one. */
    public boolean isHeldBy(Lease lease) {
        return lease.writer().equals(writer);
    }

    /** Whether bytes are forgotten that were acknowledged before {@code lease} was given out. */
    public boolean isBehind(Lease lease) {
        return size < lease.size();
    }

    /**
     * Gives a lease out again that a database forgot when it died, if none was given out instead: the session is as it was before
     * that lease then.
     */
    public void remember(Lease lease) {
        if (Objects.equals(writer, lease.before()) && size == lease.size()) {
            writer = lease.writer();
            writing = true;
            digest = lease.intended() == null ? digest : lease.intended();
            segmentNames = lease.segments().stream().map(Segment::name).toArray(String[]::new);
            segments = lease.segments().stream().mapToLong(Segment::length).toArray();
        }
    }

    /**
     * Counts what the writer wrote as acknowledged, and lets the next one go on in the same segment.
     *
     * @param hash of all bytes up to there, as it is saved; null if it is not known
     */
    public void release(Lease lease, long written, byte @Nullable [] hash) {
        this.hash = hash;
        segments = segments.clone(); // the array a query returned is not seen to change
        segments[segments.length - 1] = lease.segment().length() + written;
        size = lease.size() + written;
        writing = false;
    }

    /** Lets the next writer go on where this one began. */
    public void giveBack() {
        writing = false;
    }

    /** Says which blob the bytes are about to become under a lease, so that they are found again if that is interrupted. */
    public Lease becomes(Lease lease, Digest intended) {
        digest = intended.toString();
        return lease.toBecome(intended);
    }
}
