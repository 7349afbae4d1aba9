package com.laincloud.registry.storage;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads what another registry has written below the storage root. A path is of names with slashes between them, and begins there.
 * What is not there is no failure.
 *
 * <p>Safe for use by many threads.
 *
 * @see StorageException what every method throws if the medium fails as a whole
 */
public interface TreeReader extends AutoCloseable {

    /** What a directory holds. */
    record Child(String name, boolean isDirectory) {}

    /**
     * What is known of a file.
     *
     * @param size in bytes
     * @param writtenAt when it was last written, or later if the medium does not keep that
     */
    record FileFacts(long size, Instant writtenAt) {}

    /** The bytes of a small file, or the first ones of a larger, and when it was last written. */
    @SuppressWarnings("ArrayRecordComponent") // nothing compares them
    record SmallFile(byte[] content, Instant writtenAt) {}

    /** Where a path is, for people. */
    String place(String path);

    /** What a directory holds, in no order; nothing if it is not there. */
    List<Child> children(String directory) throws IOException;

    /** Whether there is a directory, with or without something in it where the medium can tell that. */
    boolean isDirectory(String path);

    /** Whether a directory has something in it, which takes no longer where that is much. */
    boolean hasChildren(String directory);

    Optional<FileFacts> facts(String file) throws IOException;

    /** The first bytes of a file, at most {@code limit}. */
    Optional<SmallFile> read(String file, int limit) throws IOException;

    /**
     * All bytes of a file.
     *
     * @throws IOException also if it is not there
     */
    InputStream open(String file) throws IOException;

    /**
     * When a file was last written, or went. Where it is not there and the medium does not keep that, now: the latest moment at
     * which it may have gone.
     */
    Instant lastChange(String file) throws IOException;

    /**
     * Gives the bytes of a file another name, durably, if it has it not yet.
     *
     * @return whether the file is there
     */
    boolean name(String file, String existing) throws IOException;

    /**
     * Does the same with each of many things, and with as many at once as helps. Not for use within itself.
     *
     * @return the results, in the order of the things
     */
    <T, R> List<R> each(List<T> things, Function<T, R> work);

    /**
     * Does the work of a request that waits for this medium.
     *
     * @throws StorageException if too many wait already
     */
    <T> T await(Supplier<T> work);

    @Override
    void close();
}
