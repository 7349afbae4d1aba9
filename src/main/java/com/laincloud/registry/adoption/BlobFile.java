package com.laincloud.registry.adoption;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.StorageKey;
import java.time.Instant;

/**
 * The file of a blob's bytes.
 *
 * @param size its length in bytes
 * @param key by which the storage driver finds it, and its path in the tree
 */
record BlobFile(Digest digest, long size, Instant writtenAt, StorageKey key) {}
