package com.laincloud.registry.blob;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.StorageKey;

/**
 * A blob as a repository shows it.
 *
 * @param size its length in bytes
 * @param key where the driver keeps its bytes
 */
public record Blob(Digest digest, long size, StorageKey key) {}
