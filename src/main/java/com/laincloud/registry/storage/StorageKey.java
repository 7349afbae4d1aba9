package com.laincloud.registry.storage;

/**
 * The place of one blob's bytes within a driver, relative to its root and never used for other bytes again, not even for
 * the same content pushed a second time: a late delete can then never hit bytes that somebody counts on.
 *
 * @param path slash-separated, for example {@code docker/registry/v2/blobs/sha256/6c/6c3c…/<uuid>}; opaque to callers
 */
public record StorageKey(String path) {

    @Override
    public String toString() {
        return path;
    }
}
