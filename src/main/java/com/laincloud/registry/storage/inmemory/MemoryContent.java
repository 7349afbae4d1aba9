package com.laincloud.registry.storage.inmemory;

import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredContent;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;

/** A blob in memory, looked for when it is opened. */
record MemoryContent(StorageKey key, long size, Map<StorageKey, MemoryBlob> blobs) implements StoredContent.Streamed {

    @Override
    public InputStream open(long offset) {
        Objects.checkFromToIndex(offset, size, size);
        MemoryBlob blob = blobs.get(key);
        if (blob == null || blob.bytes().length < size) {
            throw StorageException.lost(key + " cannot be read: it holds no " + size + " bytes", null);
        }
        return new ByteArrayInputStream(blob.bytes(), (int) offset, (int) (size - offset));
    }
}
