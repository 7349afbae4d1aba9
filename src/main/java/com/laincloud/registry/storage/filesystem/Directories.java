package com.laincloud.registry.storage.filesystem;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** What the trees ask of directories while others make and remove them. */
final class Directories {

    private Directories() {}

    /** What a directory holds; nothing if it is not there, or no directory. */
    static List<Path> entries(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        return entries;
    }

    /** Makes a directory whose parent exists, unless it is there already. */
    static void create(Path directory) throws IOException {
        while (true) {
            try {
                Files.createDirectory(directory);
                return;
            } catch (FileAlreadyExistsException e) {
                if (isDirectory(directory)) {
                    return;
                }
            }
        }
    }

    /** False if nothing is there any more: then it was removed since, and may be made. */
    private static boolean isDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return true;
        }
        try {
            if (Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isDirectory()) {
                return true; // made again this very moment
            }
        } catch (NoSuchFileException e) {
            return false;
        }
        throw new FileAlreadyExistsException(directory.toString());
    }

    /** Removes a directory if it is empty; says whether it is gone. */
    static boolean removeIfEmpty(Path directory) throws IOException {
        try {
            Files.deleteIfExists(directory);
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        }
    }
}
