package com.laincloud.registry.storage;

/** Writes one segment of an upload. Not safe for use by several threads. */
public interface SegmentWriter extends AutoCloseable {

    /**
     * Appends bytes. What was written is not durable before {@link StorageDriver#commit}.
     *
     * @throws StorageException {@linkplain StorageException#isFull() full} if no room is left
     */
    void write(byte[] bytes, int offset, int length);

    /** Ends writing; another instance can read what was written from then on. */
    @Override
    void close();
}
