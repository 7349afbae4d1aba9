package com.laincloud.registry.storage;

import com.laincloud.registry.oci.Digest;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The bytes of blobs and of uploads on their way to become blobs.
 *
 * <p>An upload's bytes are written as <em>segments</em>. A segment is written by one writer at a time; who may write, and
 * how many bytes of each segment count, is decided by the caller and recorded elsewhere (the {@code upload} rows). Bytes
 * past a segment's recorded length are the leavings of a writer that crashed or was overtaken and mean nothing.
 *
 * <p>A driver is safe for use by many threads. It keeps no state between calls that is not in its medium, so that another
 * instance over the same medium can go on with any upload.
 */
public interface StorageDriver extends AutoCloseable {

    /**
     * Opens a segment for writing behind its {@link Segment#length}, creating it if that is 0 and dropping whatever it holds
     * past it. Where segments do not {@linkplain #segmentsGrow grow}, the writer of one that another has ended may fail.
     *
     * @throws StorageException if the medium fails; {@linkplain StorageException#isLost() lost} if the segment holds fewer
     *     bytes
     */
    SegmentWriter append(UUID upload, Segment segment);

    /**
     * Whether a writer can go on with a segment that another one has ended. If not, each writer needs a segment of its own,
     * which {@link #append} begins and which is there, whole, when it is closed.
     */
    boolean segmentsGrow();

    /**
     * The fewest bytes that each chunk of an upload but its last should have, so that the medium need not read them again; empty
     * if any number is as good.
     */
    default OptionalLong smallestChunk() {
        return OptionalLong.empty();
    }

    /**
     * Reads the first {@link Segment#length} bytes of a segment, for hashing them again where the hash of an upload was lost.
     *
     * @throws StorageException if the medium fails; {@linkplain StorageException#isLost() lost} if the segment holds fewer
     *     bytes
     */
    InputStream read(UUID upload, Segment segment);

    /**
     * Drops whatever a segment holds past its {@link Segment#length}; where segments do not {@linkplain #segmentsGrow grow},
     * only one of which no byte counts. Does nothing if it holds no more, or is not there.
     *
     * @throws StorageException if the medium fails
     */
    void cut(UUID upload, Segment segment);

    /**
     * Makes the upload's bytes, its {@code segments} one after the other, a blob of its own. When this returns, the bytes are
     * durable: they survive the loss of power. The caller has verified that their digest is {@code digest}. Where segments
     * {@linkplain #segmentsGrow grow}, the last one, to which nothing is written any more, is moved if it is the only one with
     * bytes; otherwise new bytes are made, because an overtaken writer may still be writing to one of the others.
     *
     * <p>The upload's segments and leavings are gone afterwards; if this throws, they may remain, this may be called again,
     * and {@link #discard} removes them. Committing again what was committed already does nothing.
     *
     * @return the place of the blob, which no other upload ever takes
     * @throws StorageException if the medium fails; {@linkplain StorageException#isLost() lost} if a segment holds fewer
     *     bytes than it is said to
     */
    StorageKey commit(UUID upload, List<Segment> segments, Digest digest);

    /**
     * The place of the blob that an interrupted {@link #commit} made of an upload, if it did and has dropped segments which
     * the next one would need.
     */
    Optional<StorageKey> committed(UUID upload, Digest digest);

    /**
     * Whether the index is proof enough: what {@link #commit} has returned, and what a writer of a segment has ended, is there
     * from then on, for every instance and whatever becomes of this machine. The medium is then asked about bytes that a row
     * tells of only where they are wanted, or were missed once.
     */
    boolean isTrusted();

    /** How many bytes a key holds; empty if there is nothing under it. What it holds came there by {@link #commit}. */
    OptionalLong size(StorageKey key);

    /** Removes all that writers of an upload have ended, which becomes no blob. Does nothing if there is nothing. */
    void discard(UUID upload);

    /**
     * As {@link #discard}, and the blob as well which {@link #commit} may have made of the upload: no row names it, and none
     * ever will.
     *
     * @param segments those that the writers of the upload were given
     */
    default void discard(UUID upload, List<Segment> segments, Digest digest) {
        discard(upload);
        committed(upload, digest).ifPresent(key -> delete(Set.of(key)));
    }

    /**
     * Removes what an upload that goes on no more has left, without touching the blob that it may have become: the row that says
     * so may be in a younger dump of the database. Where a segment becomes a blob without being moved, those stay.
     */
    void sweep(UUID upload);

    /**
     * The content behind a key, which is not touched before it is opened.
     *
     * @param size the blob's length in bytes as recorded; a driver may trust it
     */
    StoredContent content(StorageKey key, long size);

    /**
     * Removes the bytes of blobs; where there are none, nothing is to be done.
     *
     * @return the keys whose bytes stay, because the medium fails; the log says how
     */
    Set<StorageKey> delete(Collection<StorageKey> keys);

    /**
     * The next blob keys that there are, in an order that never changes; for consistency checks. Where a segment becomes a blob
     * without being moved, those of segments are among them. Keys that come or go meanwhile may be among them or not.
     *
     * @param after the last key of the page before, which may be gone; empty for the first page
     * @param limit how many keys at most, one at least
     * @return fewer only where there are no more
     * @throws StorageException if the medium fails
     */
    List<StoredKey> keys(Optional<StorageKey> after, int limit);

    /**
     * The uploads that have bytes in the medium, which {@link #keys} does not tell, and were last written to at least
     * {@code age} ago. To be closed.
     */
    Stream<UUID> uploadsOlderThan(Duration age);

    /** What a registry keeps beside the blobs, a few lines each. */
    enum Note {

        /** Whose the medium is. */
        IDENTITY,

        /** How far the audit record had come. */
        AUDIT_HEADS
    }

    /**
     * What was written last; empty if nothing was.
     *
     * @throws StorageException if the medium fails
     */
    Optional<String> note(Note note);

    /**
     * Writes in place of what was there, durably.
     *
     * @throws StorageException if the medium fails
     */
    void write(Note note, String content);

    /**
     * Checks that the medium can be written to, read from and deleted from.
     *
     * @throws StorageException naming the place and the fault; {@linkplain StorageException#isFull() full} where only
     *     room is lacking, and everything else still works
     */
    void check();

    /** Releases what the driver itself holds. Its medium, and the uploads on it, stay as they are. */
    @Override
    void close();
}
