package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Some of the files that keys name, directory by directory, each in the order of its names: to go on behind a file only the
 * directories on the way to it are read again.
 */
final class KeyPage {

    /** How many names a key has below the directory of all blobs. */
    private static final int DEPTH = 4;

    private final Path root;
    private final int limit;
    private final List<StoredKey> keys = new ArrayList<>();

    /** @param root what keys are relative to */
    KeyPage(Path root, int limit) {
        this.root = root;
        this.limit = limit;
    }

    List<StoredKey> keys() {
        return keys;
    }

    /**
     * Adds what is below the directory of all blobs.
     *
     * @param after the names on the way to the file behind which it begins; empty to begin with the first
     */
    void add(Path blobs, List<String> after) throws IOException {
        add(blobs, DEPTH, after);
    }

    private void add(Path directory, int depth, List<String> after) throws IOException {
        String place = after.isEmpty() ? "" : after.getFirst();
        for (Path entry : entriesFrom(directory, place)) {
            if (keys.size() == limit) {
                return;
            }
            boolean isOnTheWay = name(entry).equals(place);
            if (depth > 1) {
                add(entry, depth - 1, isOnTheWay ? after.subList(1, after.size()) : List.of());
            } else if (!isOnTheWay) {
                addFile(entry);
            }
        }
    }

    private static List<Path> entriesFrom(Path directory, String place) throws IOException {
        return Directories.entries(directory).stream()
                .filter(entry -> name(entry).compareTo(place) >= 0)
                .sorted(Comparator.comparing(KeyPage::name))
                .toList();
    }

    private static String name(Path entry) {
        return String.valueOf(entry.getFileName());
    }

    private void addFile(Path file) throws IOException {
        Optional<StorageKey> key = StorageKey.parse(root.relativize(file).toString());
        if (key.isEmpty()) {
            return;
        }
        try {
            BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
            if (facts.isRegularFile()) {
                keys.add(new StoredKey(
                        key.get(), facts.size(), facts.lastModifiedTime().toInstant()));
            }
        } catch (NoSuchFileException e) {
            // it went meanwhile
        }
    }
}
