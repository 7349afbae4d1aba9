package com.laincloud.registry.storage.inmemory;

import com.laincloud.registry.storage.StorageException;
import java.util.concurrent.atomic.AtomicLong;

/** How many more bytes may be kept. */
final class Room {

    private final long capacity;
    private final AtomicLong left;

    Room(long capacity) {
        this.capacity = capacity;
        this.left = new AtomicLong(capacity);
    }

    /** @throws StorageException {@linkplain StorageException#isFull() full} if so much is not left; nothing is taken then */
    void take(long bytes) {
        if (left.addAndGet(-bytes) < 0) {
            giveBack(bytes);
            throw StorageException.full("no room left: " + capacity + " bytes of memory are taken", null);
        }
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
    }
}
