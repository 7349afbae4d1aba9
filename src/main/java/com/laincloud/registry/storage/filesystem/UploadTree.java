package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.storage.Segment;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The files of uploads: a directory for each, in it a file for each segment. */
final class UploadTree {

    private final Path root;

    UploadTree(Path root) {
        this.root = root;
    }

    Path file(UUID upload, Segment segment) {
        return directory(upload).resolve(segment.name());
    }

    private Path directory(UUID upload) {
        return root.resolve(upload.toString());
    }

    /** Opens a segment of which no more than its {@code length} remains. */
    FileChannel openForWriting(UUID upload, Segment segment) throws IOException {
        Path file = file(upload, segment);
        if (segment.length() > 0) {
            return cutTo(segment.length(), FileChannel.open(file, StandardOpenOption.WRITE));
        }
        Files.createDirectories(directory(upload));
        return cutTo(0, FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    }

    /** Drops what a segment, if it is there, holds past its length. */
    void cut(UUID upload, Segment segment) throws IOException {
        try (FileChannel channel = FileChannel.open(file(upload, segment), StandardOpenOption.WRITE)) {
            channel.truncate(segment.length());
        } catch (NoSuchFileException e) {
            // then it holds nothing
        }
    }

    private static FileChannel cutTo(long length, FileChannel channel) throws IOException {
        try {
            if (channel.size() < length) {
                throw new EOFException("there are " + channel.size() + " bytes where " + length + " should be");
            }
            return channel.truncate(length);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The bytes of an upload in one file, exactly they, durable. */
    Path join(UUID upload, List<Segment> segments) throws IOException {
        List<Segment> filled =
                segments.stream().filter(segment -> segment.length() > 0).toList();
        if (filled.size() == 1 && filled.getFirst().equals(segments.getLast())) {
            Path file = file(upload, filled.getFirst());
            try (FileChannel channel =
                    cutTo(filled.getFirst().length(), FileChannel.open(file, StandardOpenOption.WRITE))) {
                force(channel, file);
            }
            return file;
        }
        return copy(upload, filled);
    }

    /** The name is new each time, because an overtaken commit of the same upload may still be at work on its own copy. */
    private Path copy(UUID upload, List<Segment> segments) throws IOException {
        Files.createDirectories(directory(upload));
        Path copy = directory(upload).resolve("joined-" + UUID.randomUUID());
        try (FileChannel target = FileChannel.open(copy, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            for (Segment segment : segments) {
                append(file(upload, segment), segment.length(), target);
            }
            target.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(copy);
            throw e;
        }
        return copy;
    }

    /**
     * Makes a segment durable, or gives it up: the system tells once that it lost what was to be written, and would say of
     * the next attempt that all is well.
     */
    private static void force(FileChannel channel, Path segment) throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(segment);
            throw e;
        }
    }

    private static void append(Path file, long length, FileChannel target) throws IOException {
        try (FileChannel source = FileChannel.open(file)) {
            for (long position = 0; position < length; ) {
                long moved = source.transferTo(position, length - position, target);
                if (moved == 0) {
                    throw new EOFException(file + " ends after " + position + " of " + length + " bytes");
                }
                position += moved;
            }
        }
    }

    /** Removes whatever there is of an upload, also what a writer adds while this goes on. */
    void remove(UUID upload) throws IOException {
        boolean gone = false;
        while (!gone) {
            for (Path file : Directories.entries(directory(upload))) {
                Files.deleteIfExists(file);
            }
            gone = Directories.removeIfEmpty(directory(upload));
        }
    }

    /** The uploads of which nothing was written after {@code time}. */
    Stream<UUID> lastWrittenBy(Instant time) throws IOException {
        return Directories.entries(root).stream()
                .flatMap(directory -> uploadOf(directory).stream())
                .filter(upload -> isLastWrittenBy(time, directory(upload)));
    }

    private static Optional<UUID> uploadOf(Path directory) {
        String name = directory.getFileName().toString();
        try {
            return Optional.of(UUID.fromString(name))
                    .filter(upload -> upload.toString().equals(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isLastWrittenBy(Instant time, Path directory) {
        try {
            if (isAfter(time, directory)) {
                return false;
            }
            for (Path file : Directories.entries(directory)) {
                if (isAfter(time, file)) {
                    return false;
                }
            }
            return true;
        } catch (NoSuchFileException e) {
            return false; // it ended meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isAfter(Instant time, Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant().isAfter(time);
    }
}
