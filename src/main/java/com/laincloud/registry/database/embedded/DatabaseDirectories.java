package com.laincloud.registry.database.embedded;

import com.laincloud.registry.file.DurableDirectory;
import com.laincloud.registry.file.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories the database makes and removes as a whole, and the small files in them. */
final class DatabaseDirectories {

    private DatabaseDirectories() {}

    /** Makes {@code directory} and its parents, unless it is there. A new one is open to its owner only. */
    static void createPrivate(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                DurableDirectory.create(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "database.directory: cannot create " + directory + ": " + Fault.of(e), e);
        }
    }

    /** Removes {@code directory} and all in it, if it is there. */
    static void remove(Path directory) {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "database.directory: cannot remove " + directory + ": " + Fault.of(e), e);
        }
    }

    /** Replaces what a file holds with a text that only the owner may read. */
    static void replace(Path file, String text) {
        try {
            PrivateFile.replace(file, text);
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("database.directory: cannot write " + file + ": " + Fault.of(e), e);
        }
    }
}
