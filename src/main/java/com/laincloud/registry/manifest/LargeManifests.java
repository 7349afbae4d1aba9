package com.laincloud.registry.manifest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.laincloud.registry.manifest.ManifestMemory.Room;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StoredContent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Manifests that are too large to be in memory for as long as their clients read them. They lie in temporary files for a
 * minute after they were asked for last, and are sent from there as blobs are. Where no temporary file can be written, few of
 * them are sent at a time.
 */
@Singleton
class LargeManifests {

    private static final System.Logger LOG = System.getLogger(LargeManifests.class.getName());
    private static final Duration MEMORY = Duration.ofMinutes(1);
    private static final long MOST_BYTES = 256L << 20;

    private final ManifestMemory memory;
    private final Path directory;
    private final Cache<Digest, InTemporaryFile> files = Caffeine.newBuilder()
            .expireAfterAccess(MEMORY)
            .maximumWeight(MOST_BYTES)
            .weigher((Digest digest, InTemporaryFile file) -> (int) file.size())
            .scheduler(Scheduler.systemScheduler())
            .executor(Runnable::run)
            .removalListener(LargeManifests::delete)
            .build();

    @Inject
    LargeManifests(ManifestMemory memory) {
        this(memory, Path.of(System.getProperty("java.io.tmpdir")));
    }

    LargeManifests(ManifestMemory memory, Path directory) {
        this.memory = memory;
        this.directory = directory;
    }

    @PreDestroy
    void clear() {
        files.invalidateAll();
        files.cleanUp();
    }

    /**
     * The bytes of a manifest.
     *
     * @param payload reads them from where they are kept
     */
    StoredContent content(Digest digest, long size, Supplier<byte[]> payload) {
        try {
            return files.get(digest, missing -> write(size, payload));
        } catch (UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "no temporary file can be written: " + e.getMessage());
            return new InMemory(size, payload, memory);
        }
    }

    @SuppressWarnings("try") // room is taken, not used
    private InTemporaryFile write(long size, Supplier<byte[]> payload) {
        try (Room room = memory.read(size)) {
            Path file = Files.createTempFile(directory, "registry-manifest-", "");
            try {
                Files.write(file, payload.get());
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(file);
                throw e;
            }
            return new InTemporaryFile(file, size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(@Nullable Digest digest, @Nullable InTemporaryFile content, RemovalCause cause) {
        try {
            if (content != null) {
                Files.deleteIfExists(content.file()); // those who read it have it open
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a temporary file stays: " + e);
        }
    }

    private record InTemporaryFile(Path file, long size) implements StoredContent.InFile {

        @Override
        public InputStream open(long offset) {
            try {
                SeekableByteChannel channel = Files.newByteChannel(file);
                return Channels.newInputStream(channel.position(offset));
            } catch (IOException e) {
                throw StorageException.failed("a temporary file cannot be read: " + e, e);
            }
        }
    }

    /** Bytes that are read when they are opened, and have their room until they are closed. */
    private record InMemory(long size, Supplier<byte[]> payload, ManifestMemory memory)
            implements StoredContent.Streamed {

        @Override
        public InputStream open(long offset) {
            Room room = memory.read(size);
            try {
                byte[] bytes = payload.get();
                return new FilterInputStream(
                        new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset)) {

                    private final AtomicBoolean isOpen = new AtomicBoolean(true);

                    @Override
                    public void close() {
                        if (isOpen.getAndSet(false)) {
                            room.close();
                        }
                    }
                };
            } catch (RuntimeException e) {
                room.close();
                throw e;
            }
        }
    }
}
