package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.storage.StorageException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How much room the filesystem has, and what its failures mean. */
final class FreeSpace {

    /** With less than this, a write that failed for a reason not recognised failed for want of room. */
    private static final long NEXT_TO_NOTHING = 1 << 20;

    private final Path root;
    private final Path tree;
    private final FileStore store;
    private final long reserve;

    /** @param tree the directory below the root that holds everything; without it another disk is there */
    FreeSpace(Path root, Path tree, long reserve) throws IOException {
        this.root = root;
        this.tree = tree;
        this.store = Files.getFileStore(root);
        this.reserve = reserve;
    }

    /** @throws StorageException {@linkplain StorageException#isFull() full} if less than the reserve is left */
    void requireReserve() {
        long usable = usable();
        if (usable < reserve) {
            throw StorageException.full(
                    "no room left at " + root + ": " + usable + " bytes are free and " + reserve + " are reserved",
                    null);
        }
    }

    /** What is to be thrown for {@code cause}, told apart by whether room was lacking, or bytes. */
    StorageException failure(String what, IOException cause) {
        String message = what + ": " + cause;
        if (isLost(cause)) {
            return StorageException.lost(message, cause);
        }
        return isFull(cause) ? StorageException.full(message, cause) : StorageException.failed(message, cause);
    }

    /** Whether what cannot be found is gone. It is not where the disk is gone that it was on. */
    boolean isLost(IOException cause) {
        return (cause instanceof NoSuchFileException || cause instanceof EOFException) && Files.isDirectory(tree);
    }

    /** The words are those of the C library, which speaks other languages in other locales. */
    private boolean isFull(IOException cause) {
        String words = String.valueOf(cause.getMessage());
        return Stream.of("No space left on device", "Disk quota exceeded").anyMatch(words::contains)
                || (ask(FileStore::getTotalSpace) > 0 && usable() < NEXT_TO_NOTHING);
    }

    private long usable() {
        return ask(FileStore::getUsableSpace);
    }

    private long ask(Question question) {
        try {
            return question.of(store);
        } catch (IOException e) {
            throw StorageException.failed("the storage root " + root + " cannot be used: " + e, e);
        }
    }

    /** Something a filesystem can tell in bytes. */
    @FunctionalInterface
    private interface Question {
        long of(FileStore store) throws IOException;
    }
}
