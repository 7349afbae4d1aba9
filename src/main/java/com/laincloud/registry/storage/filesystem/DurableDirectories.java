package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.file.DurableDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The directories of a tree that, once made, are never removed.
 *
 * <p>That a directory is there does not mean that it survives the loss of power: another thread, or a process that was
 * killed, may have made it and not yet forced its parent. Therefore this process forces each one once, even one that it
 * did not make, before it relies on it.
 */
final class DurableDirectories {

    private final Path root;
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    /** @param root exists and is durable */
    DurableDirectories(Path root) {
        this.root = root;
    }

    /** Makes {@code directory} and all between it and the root exist and survive the loss of power. */
    void ensure(Path directory) throws IOException {
        if (directory.equals(root) || durable.contains(directory)) {
            return;
        }
        Path parent = directory.resolveSibling("");
        ensure(parent);
        Directories.create(directory);
        DurableDirectory.force(parent);
        durable.add(directory);
    }
}
