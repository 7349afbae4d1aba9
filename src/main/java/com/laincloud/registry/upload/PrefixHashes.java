package com.laincloud.registry.upload;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;

/**
 * The hashes of uploads between one request and the next. They only save time: one that is missing, because the server was
 * restarted or another instance took the last chunk, is made again from the bytes.
 */
@Singleton
class PrefixHashes {

    /** At some 300 bytes each. */
    private static final int CAPACITY = 10_000;

    private final Cache<UUID, PrefixHash> hashes =
            Caffeine.newBuilder().maximumSize(CAPACITY).build();

    /** Hands over the hash of the upload's first {@code size} bytes, if it is here. */
    Optional<PrefixHash> take(UUID upload, long size) {
        return Optional.ofNullable(hashes.asMap().remove(upload)).filter(hash -> hash.size() == size);
    }

    void put(UUID upload, PrefixHash hash) {
        hashes.put(upload, hash);
    }

    void forget(UUID upload) {
        hashes.invalidate(upload);
    }
}
