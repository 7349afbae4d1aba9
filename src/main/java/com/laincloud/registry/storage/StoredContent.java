package com.laincloud.registry.storage;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** A blob's bytes, opened only when they are asked for. */
public sealed interface StoredContent {

    /** The blob's length in bytes. */
    long size();

    /**
     * The bytes from {@code offset} up to {@link #size}, never more; the caller closes it.
     *
     * @param offset from 0 to {@link #size}, where there is nothing left to read
     * @throws StorageException naming the key, if they cannot be read; {@linkplain StorageException#isLost() lost} if there
     *     is nothing, or not as many bytes as there should be
     */
    InputStream open(long offset);

    /** Bytes in a file of this machine, which the container may send without copying them. */
    non-sealed interface InFile extends StoredContent {
        Path file();
    }

    /** Bytes in a store that clients may reach themselves. */
    non-sealed interface Elsewhere extends StoredContent {

        /**
         * Where every client gets them without credentials, ranges as well, for so long. Their existence is not checked.
         *
         * @throws StorageException if there is nothing to sign the address with
         */
        URI address(Duration validity);
    }

    /** Bytes that can only be streamed. */
    non-sealed interface Streamed extends StoredContent {}
}
