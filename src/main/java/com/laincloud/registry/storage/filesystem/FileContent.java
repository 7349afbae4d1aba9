package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;

/** A blob in a file, of which the first {@code size} bytes are the blob's. */
record FileContent(StorageKey key, Path file, long size, FreeSpace space) implements StoredContent.InFile {

    @Override
    public InputStream open(long offset) {
        Objects.checkFromToIndex(offset, size, size);
        try {
            return FileRange.open(file, offset, size);
        } catch (IOException e) {
            throw space.failure(key + " cannot be read", e);
        }
    }
}
