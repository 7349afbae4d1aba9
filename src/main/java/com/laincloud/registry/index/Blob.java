package com.laincloud.registry.index;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.request.EntityTags;
import com.laincloud.registry.storage.StorageKey;
import java.util.Map;

/**
 * A blob as a repository shows it.
 *
 * @param size its length in bytes
 * @param key where the driver keeps its bytes
 * @param isLost whether they were missed, and no push has brought them again
 */
public record Blob(Digest digest, long size, StorageKey key, boolean isLost) {

    /** One whose bytes were not missed. */
    public Blob(Digest digest, long size, StorageKey key) {
        this(digest, size, key, false);
    }

    /** What is true of it whether it is sent or not, as headers. What is under a digest never changes. */
    public Map<String, String> headers() {
        return Map.of(
                "Content-Type", "application/octet-stream",
                "Docker-Content-Digest", digest.toString(),
                "ETag", EntityTags.of(digest),
                "Cache-Control", "private, max-age=31536000, immutable",
                "Accept-Ranges", "bytes");
    }
}
