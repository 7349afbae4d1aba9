package com.laincloud.registry.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The registered digest algorithms.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#registered-algorithms">image-spec,
 *     registered algorithms</a>
 */
public enum DigestAlgorithm {
    SHA256("sha256", "SHA-256", 64),
    SHA512("sha512", "SHA-512", 128);

    private final String identifier;
    private final String standardName;
    private final int encodedLength;

    DigestAlgorithm(String identifier, String standardName, int encodedLength) {
        this.identifier = identifier;
        this.standardName = standardName;
        this.encodedLength = encodedLength;
    }

    /** The algorithm that a digest names before its colon, or empty if this registry does not support it. */
    public static Optional<DigestAlgorithm> of(String identifier) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.identifier.equals(identifier))
                .findFirst();
    }

    /**
     * The algorithm that {@code text} names. (The name of this method is how JAX-RS reads a constant.)
     *
     * @throws RegistryException {@link ErrorCode#DIGEST_INVALID} if this registry does not support it
     */
    public static DigestAlgorithm fromString(String text) {
        return of(text).orElseThrow(
                        () -> new RegistryException(ErrorCode.DIGEST_INVALID, text + " is no supported algorithm"));
    }

    /** A fresh hash of this algorithm. */
    public MessageDigest newMessageDigest() {
        try {
            return MessageDigest.getInstance(standardName);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(standardName + " is part of every Java platform", e);
        }
    }

    /** The name before the colon of a digest: {@code sha256}. */
    public String identifier() {
        return identifier;
    }

    /** How many hexadecimal digits stand after the colon of a digest. */
    public int encodedLength() {
        return encodedLength;
    }
}
