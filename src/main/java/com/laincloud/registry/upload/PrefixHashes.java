package com.laincloud.registry.upload;

import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
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

    private final Map<UUID, PrefixHash> hashes = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, PrefixHash> eldest) {
            return size() > CAPACITY;
        }
    };

    /** Hands over the hash of the upload's first {@code size} bytes, if it is here. */
    synchronized Optional<PrefixHash> take(UUID upload, long size) {
        return Optional.ofNullable(hashes.remove(upload)).filter(hash -> hash.size() == size);
    }

    synchronized void put(UUID upload, PrefixHash hash) {
        hashes.put(upload, hash);
    }

    synchronized void forget(UUID upload) {
        hashes.remove(upload);
    }
}
