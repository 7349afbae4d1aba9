package com.laincloud.registry.index;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;

/**
 * A manifest that was removed because nothing referred to it.
 *
 * @param size in bytes, of the manifest itself
 */
public record CollectedManifest(RepositoryName repository, Digest digest, String mediaType, long size) {}
