package com.laincloud.registry.upload;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.security.MessageDigest;

/** The hash of an upload's first {@code size} bytes, fed as they stream. Not safe for use by several threads. */
final class PrefixHash {

    private final DigestAlgorithm algorithm;
    private final MessageDigest hash;
    private long size;

    /** The hash of nothing. */
    PrefixHash(DigestAlgorithm algorithm) {
        this(algorithm, algorithm.newMessageDigest(), 0);
    }

    private PrefixHash(DigestAlgorithm algorithm, MessageDigest hash, long size) {
        this.algorithm = algorithm;
        this.hash = hash;
        this.size = size;
    }

    void update(byte[] bytes, int offset, int length) {
        hash.update(bytes, offset, length);
        size += length;
    }

    /** A hash in the same state that goes its own way. */
    PrefixHash copy() {
        try {
            return new PrefixHash(algorithm, (MessageDigest) hash.clone(), size);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's hashes can be cloned", e);
        }
    }

    /** The digest of the bytes so far; the hash can go on. */
    Digest digest() {
        return Digest.finish(algorithm, copy().hash);
    }

    DigestAlgorithm algorithm() {
        return algorithm;
    }

    long size() {
        return size;
    }
}
