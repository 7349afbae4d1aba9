package com.laincloud.registry.storage.s3;

import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredContent;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/** A blob in a bucket, which is asked for it when it is opened. */
record ObjectContent(StorageKey key, long size, Bucket bucket, SignedAddresses addresses)
        implements StoredContent.Elsewhere {

    @Override
    public URI address(Duration validity) {
        return addresses.of(key.path(), validity);
    }

    @Override
    public InputStream open(long offset) {
        Objects.checkFromToIndex(offset, size, size);
        if (offset < size) {
            return bucket.read(key.path(), offset, size - offset);
        }
        if (bucket.size(key.path()).orElse(-1) < size) {
            throw StorageException.lost(key + " cannot be read: it holds no " + size + " bytes", null);
        }
        return InputStream.nullInputStream();
    }
}
