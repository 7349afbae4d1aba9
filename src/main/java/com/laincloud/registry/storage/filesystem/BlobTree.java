package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.file.DurableDirectory;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredKey;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/** The files of blobs: each appears complete, and goes at once. */
final class BlobTree {

    private static final System.Logger LOG = System.getLogger(BlobTree.class.getName());

    private final Path root;
    private final Path blobs;
    private final DurableDirectories directories;

    /** @param root what keys are relative to */
    BlobTree(Path root) {
        this.root = root;
        this.blobs = root.resolve("docker/registry/v2/blobs");
        this.directories = new DurableDirectories(root);
    }

    /** Makes the place where all blobs lie. */
    void create() throws IOException {
        directories.ensure(blobs);
    }

    Path file(StorageKey key) {
        return root.resolve(key.path());
    }

    boolean holds(StorageKey key) {
        return Files.exists(file(key));
    }

    /** Moves a file whose bytes are durable to its place. */
    void place(Path file, StorageKey key) throws IOException {
        directories.ensure(withSameFirstDigits(key));
        boolean placed = false;
        while (!placed) {
            Directories.create(ofDigest(key));
            placed = move(file, file(key));
        }
    }

    /** Drops what a file holds past its length, which a writer added to it that was overtaken when the file was placed. */
    void cut(StorageKey key, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file(key), StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    /** Does nothing, and says so, if the directory was removed with the last other blob in it. */
    private static boolean move(Path file, Path target) throws IOException {
        try {
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException e) {
            if (Files.exists(file)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Makes the place of a blob survive the loss of power, as its bytes do already. The upper directory is forced last:
     * only when a blob is in the lower one is that there to stay.
     */
    void makeDurable(StorageKey key) throws IOException {
        DurableDirectory.force(ofDigest(key));
        DurableDirectory.force(withSameFirstDigits(key));
    }

    /** Removes blobs for good, those that are not there as well. Returns those that stay. */
    Set<StorageKey> delete(Collection<StorageKey> keys) {
        Set<StorageKey> staying = new LinkedHashSet<>();
        for (StorageKey key : keys) {
            try {
                delete(key);
            } catch (IOException e) {
                LOG.log(Level.WARNING, key + " cannot be deleted", e);
                staying.add(key);
            }
        }
        return staying;
    }

    private void delete(StorageKey key) throws IOException {
        if (!Files.deleteIfExists(file(key))) {
            return;
        }
        try {
            DurableDirectory.force(ofDigest(key));
            Directories.removeIfEmpty(ofDigest(key));
        } catch (NoSuchFileException e) {
            // the last other blob in it was deleted at the same time, and the directory with it
        }
    }

    /** The next keys in the order of the names of directories and files; none behind a key of another form. */
    List<StoredKey> keys(Optional<StorageKey> after, int limit) throws IOException {
        if (after.isPresent() && !file(after.get()).startsWith(blobs)) {
            return List.of();
        }
        KeyPage page = new KeyPage(root, limit);
        page.add(
                blobs,
                after.map(this::file)
                        .map(blobs::relativize)
                        .map(place -> StreamSupport.stream(place.spliterator(), false)
                                .map(Path::toString)
                                .toList())
                        .orElse(List.of()));
        return page.keys();
    }

    private Path ofDigest(StorageKey key) {
        return file(key).resolveSibling("");
    }

    private Path withSameFirstDigits(StorageKey key) {
        return ofDigest(key).resolveSibling("");
    }
}
