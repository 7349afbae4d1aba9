package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.storage.StorageException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How much room the filesystem has, and which failures mean that there is none. */
final class FreeSpace {

    /** With less than this, a write that failed for a reason not recognised failed for want of room. */
    private static final long NEXT_TO_NOTHING = 1 << 20;

    private final Path root;
    private final FileStore store;
    private final long reserve;

    FreeSpace(Path root, long reserve) throws IOException {
        this.root = root;
        this.store = Files.getFileStore(root);
        this.reserve = reserve;
    }

    /** @throws StorageException {@linkplain StorageException#isFull() full} if only the reserve is left, or less */
    void requireReserve() {
        long usable = usable();
        if (usable <= reserve) {
            throw StorageException.full(
                    "no room left at " + root + ": " + usable + " bytes are free and " + reserve + " are reserved",
                    null);
        }
    }

    /** What is to be thrown for {@code cause}, told apart by whether room was lacking. */
    StorageException failure(String what, IOException cause) {
        String message = what + ": " + cause;
        return isFull(cause) ? StorageException.full(message, cause) : StorageException.failed(message, cause);
    }

    /** The words are those of the C library, which speaks other languages in other locales. */
    private boolean isFull(IOException cause) {
        String words = String.valueOf(cause.getMessage());
        return Stream.of("No space left on device", "Disk quota exceeded").anyMatch(words::contains)
                || usable() < NEXT_TO_NOTHING;
    }

    private long usable() {
        try {
            return store.getUsableSpace();
        } catch (IOException e) {
            throw StorageException.failed("the storage root " + root + " cannot be used: " + e, e);
        }
    }
}
