package com.laincloud.registry.storage.inmemory;

import java.time.Instant;

/** The bytes of a blob, and since when they are there. */
final class MemoryBlob {

    private final byte[] bytes;
    private final Instant written;

    MemoryBlob(byte[] bytes, Instant written) {
        this.bytes = bytes;
        this.written = written;
    }

    /** Not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    Instant written() {
        return written;
    }
}
