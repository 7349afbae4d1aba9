package com.laincloud.registry.storage.s3;

import com.laincloud.registry.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A directory of this machine where bytes wait until they are sent, so that they can be sent again; no more than so many. */
final class Scratch {

    private final Path directory;
    private final long size;
    private final AtomicLong taken = new AtomicLong();

    Scratch(Path directory, long size) {
        this.directory = directory;
        this.size = size;
    }

    /** A file that no other process opens, and that is gone with this one. */
    ScratchFile file() {
        try {
            Files.createDirectories(directory);
            return new ScratchFile(
                    this,
                    FileChannel.open(
                            directory.resolve("registry-part-" + UUID.randomUUID()),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** @throws StorageException {@linkplain StorageException#isFull() full} if there is no room for so many bytes more */
    void take(int bytes) {
        if (taken.addAndGet(bytes) > size) {
            giveBack(bytes);
            throw StorageException.full(
                    "storage.s3.scratchsize: " + size + " bytes wait in " + directory + " to be sent already", null);
        }
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** The words are those of the C library. */
    StorageException failure(IOException cause) {
        String message = "storage.s3.scratch: " + directory + " cannot be used: " + cause;
        String words = String.valueOf(cause.getMessage());
        return Stream.of("No space left on device", "Disk quota exceeded").anyMatch(words::contains)
                ? StorageException.full(message, cause)
                : StorageException.failed(message, cause);
    }
}
