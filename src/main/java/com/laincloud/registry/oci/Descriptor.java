package com.laincloud.registry.oci;

import java.net.URI;
import java.net.URISyntaxException;
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

    private static final int MAX_URL_LENGTH = 2048;

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
     * Whether its bytes are fetched from elsewhere, so that they need not be here: those of a layer that is not
     * distributable, and says where it is.
     */
    boolean isElsewhere() {
        return MediaTypes.isNonDistributable(mediaType)
                && !urls.isEmpty()
                && urls.stream().allMatch(Descriptor::isAddress);
    }

    /** Whether bytes can be fetched from {@code url}: an {@code http} or {@code https} address without a fragment. */
    public static boolean isAddress(String url) {
        try {
            URI address = new URI(url);
            return url.length() <= MAX_URL_LENGTH
                    && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getRawAuthority() != null
                    && address.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /**
     * What an image runs on.
     *
     * @param architecture as Go calls it: {@code amd64}
     * @param os as Go calls it: {@code linux}
     */
    public record Platform(String architecture, String os) {}
}
