package com.laincloud.registry.oci;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reference from a manifest to other content.
 *
 * @param mediaType the type of the content referred to
 * @param digest its identity
 * @param size its length in bytes, not negative
 * @param urls where else it can be fetched from
 * @param platform what it runs on; null if that is not said
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md">image-spec, descriptor</a>
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        List<String> urls,
        @Nullable Platform platform) {

    public Descriptor {
        if (size < 0) {
            throw new RegistryException(ErrorCode.MANIFEST_INVALID, "negative size of " + digest);
        }
        urls = List.copyOf(urls);
    }

    /** A descriptor that says no more than it must. */
    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, List.of(), null);
    }

    /**
     * What an image runs on.
     *
     * @param architecture as Go calls it: {@code amd64}
     * @param os as Go calls it: {@code linux}
     */
    public record Platform(String architecture, String os) {}
}
