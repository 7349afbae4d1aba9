package com.laincloud.registry.oci;

import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The identity of content: an algorithm and the lower-case hexadecimal form of its hash, {@code sha256:6c3c624b…}.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests">image-spec, digests</a>
 */
public record Digest(DigestAlgorithm algorithm, String encoded) implements Reference {

    public Digest {
        if (encoded.length() != algorithm.encodedLength() || !isLowerHex(encoded)) {
            throw new RegistryException(ErrorCode.DIGEST_INVALID, algorithm.identifier() + ":" + encoded);
        }
    }

    /**
     * The digest that {@code text} spells.
     *
     * @throws RegistryException {@link ErrorCode#DIGEST_INVALID} if it is malformed or of an unsupported algorithm
     */
    public static Digest valueOf(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new RegistryException(ErrorCode.DIGEST_INVALID, text);
        }
        DigestAlgorithm algorithm = DigestAlgorithm.of(text.substring(0, colon))
                .orElseThrow(() -> new RegistryException(ErrorCode.DIGEST_INVALID, text));
        return new Digest(algorithm, text.substring(colon + 1));
    }

    /** The digest of {@code content}. */
    public static Digest of(DigestAlgorithm algorithm, byte[] content) {
        MessageDigest hash = algorithm.newMessageDigest();
        hash.update(content);
        return finish(algorithm, hash);
    }

    /** The digest of everything {@code hash} was fed with; resets {@code hash}. */
    public static Digest finish(DigestAlgorithm algorithm, MessageDigest hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
    }

    private static boolean isLowerHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return algorithm.identifier() + ":" + encoded;
    }
}
