package com.laincloud.registry.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;

/**
 * Directories and names that survive the loss of power. A file system may forget a new or a changed name until the directory
 * that holds it is forced, however often the file itself was.
 */
public final class DurableDirectory {

    private DurableDirectory() {}

    /**
     * Makes a directory and all above it, those that are not there, and has their names survive.
     *
     * @param attributes of this directory, not of those above it
     */
    public static void create(Path directory, FileAttribute<?>... attributes) throws IOException {
        Path absolute = directory.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            return;
        }
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new NoSuchFileException(directory.toString());
        }
        create(parent);
        try {
            Files.createDirectory(absolute, attributes);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(absolute)) {
                throw e;
            }
        }
        force(parent);
    }

    /** Gives a file or directory another name at once, and has it survive. */
    public static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        Path before = from.toAbsolutePath().resolveSibling("");
        Path after = to.toAbsolutePath().resolveSibling("");
        force(after);
        if (!before.equals(after)) {
            force(before);
        }
    }

    /** Has the names in a directory survive. */
    public static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
        }
    }
}
