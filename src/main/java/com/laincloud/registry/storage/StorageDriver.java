package com.laincloud.registry.storage;

import com.laincloud.registry.oci.Digest;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
     * Opens {@code segment} of {@code upload} for writing from {@code offset}, creating it if {@code offset} is 0 and
     * dropping whatever it holds past {@code offset}.
     *
     * @throws StorageException if the medium fails; {@linkplain StorageException#isLost() lost} if the segment holds fewer
     *     than {@code offset} bytes
     */
    SegmentWriter append(UUID upload, int segment, long offset);

    /**
     * Reads the first {@link Segment#length} bytes of a segment, for hashing them again where the hash of an upload was lost.
     *
     * @throws StorageException if the medium fails; {@linkplain StorageException#isLost() lost} if the segment holds fewer
     *     bytes
     */
    InputStream read(UUID upload, Segment segment);

    /**
     * Drops whatever a segment holds past its {@link Segment#length}. Does nothing if it holds no more, or is not there.
     *
     * @throws StorageException if the medium fails
     */
    void cut(UUID upload, Segment segment);

    /**
     * The place that an upload's bytes take when they become the blob {@code digest}. It follows from the two alone, so
     * that bytes whose commit was interrupted are found again; since no two uploads have the same number, no key is ever
     * used twice.
     */
    StorageKey keyOf(UUID upload, Digest digest);

    /**
     * Makes the upload's bytes, its {@code segments} one after the other, a blob of its own under {@code key}. When this
     * returns, the bytes are durable: they survive the loss of power. The caller has verified their digest. The last
     * segment, which is the caller's own, is moved if it is the only one with bytes; otherwise new bytes are made, because
     * an overtaken writer may still be writing to one of the others.
     *
     * <p>The upload's segments and leavings are gone afterwards; if this throws, they may remain, this may be called again,
     * and {@link #discard} removes them. Committing again what was committed already does nothing.
     *
     * @throws StorageException if the medium fails; {@linkplain StorageException#isLost() lost} if a segment holds fewer
     *     bytes than it is said to
     */
    void commit(UUID upload, List<Segment> segments, StorageKey key);

    /** How many bytes a key holds; empty if there is nothing under it. What it holds came there by {@link #commit}. */
    OptionalLong size(StorageKey key);

    /** Removes all that an upload has written. Does nothing if there is nothing. */
    void discard(UUID upload);

    /**
     * The content behind a key, which is not touched before it is opened.
     *
     * @param size the blob's length in bytes as recorded; a driver may trust it
     */
    StoredContent content(StorageKey key, long size);

    /** Removes a blob's bytes. Returns whether there were any. */
    boolean delete(StorageKey key);

    /**
     * Every blob key there is, in no order; for consistency checks. Keys that come or go meanwhile may be among them or
     * not. To be closed.
     */
    Stream<StorageKey> keys();

    /** The uploads that have bytes in the medium and were last written to at least {@code age} ago. To be closed. */
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
