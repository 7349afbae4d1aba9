package com.laincloud.registry.upload;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The hash of an upload's first {@code size} bytes, fed as they stream. Not safe for use by several threads. */
final class PrefixHash {

    private static final int LENGTH_OF_HEAD = Byte.BYTES + 3 * Long.BYTES;

    /**
     * Which run of this machine it is. Bytes of an upload are not forced to the disk before it ends: after a loss of power others
     * may be in their place, and only reading them tells.
     */
    private static final UUID BOOT = boot();

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

    private static UUID boot() {
        try {
            return UUID.fromString(
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
        } catch (IOException | IllegalArgumentException e) {
            return UUID.randomUUID(); // none goes on with what another process saved
        }
    }

    /**
     * What {@link #saved} once yielded; empty if that is nothing, or was saved by another version of this class.
     *
     * @param anywhere whether it may have been saved before the machine was started, or on another one: where bytes that were
     *     acknowledged stay as they are
     */
    static Optional<PrefixHash> restored(@Nullable ByteBuffer saved, boolean anywhere) {
        if (saved == null || saved.remaining() < LENGTH_OF_HEAD) {
            return Optional.empty();
        }
        ByteBuffer bytes = saved.duplicate();
        UUID boot = new UUID(bytes.getLong(), bytes.getLong());
        if (!anywhere && !boot.equals(BOOT)) {
            return Optional.empty();
        }
        byte number = bytes.get();
        long size = bytes.getLong();
        return Arrays.stream(DigestAlgorithm.values())
                .filter(algorithm -> number(algorithm) == number)
                .filter(algorithm -> PlatformHash.isLengthOfState(bytes.remaining(), algorithm, size))
                .findFirst()
                .flatMap(algorithm -> PlatformHash.ofThisPlatform()
                        .map(platform -> new PrefixHash(algorithm, platform.restore(algorithm, size, bytes), size)));
    }

    /**
     * At most 217 bytes from which {@link #restored} makes the same hash in any process: the run of the machine in 16 bytes, the
     * number of the algorithm, the size in 8 bytes, the words of the hash, and the bytes that were not worked off. Empty where the
     * platform does not tell them.
     */
    Optional<byte[]> saved() {
        return PlatformHash.ofThisPlatform().map(platform -> {
            byte[] state = platform.save(algorithm, hash);
            return ByteBuffer.allocate(LENGTH_OF_HEAD + state.length)
                    .putLong(BOOT.getMostSignificantBits())
                    .putLong(BOOT.getLeastSignificantBits())
                    .put(number(algorithm))
                    .putLong(size)
                    .put(state)
                    .array();
        });
    }

    private static byte number(DigestAlgorithm algorithm) {
        return switch (algorithm) {
            case SHA256 -> 1;
            case SHA512 -> 2;
        };
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
