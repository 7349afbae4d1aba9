package com.laincloud.registry.oci;

/**
 * A reference from a manifest to other content.
 *
 * @param mediaType the type of the content referred to
 * @param digest its identity
 * @param size its length in bytes, not negative
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md">image-spec, descriptor</a>
 */
public record Descriptor(String mediaType, Digest digest, long size) {

    public Descriptor {
        if (size < 0) {
            throw new RegistryException(ErrorCode.MANIFEST_INVALID, "negative size of " + digest);
        }
    }
}
