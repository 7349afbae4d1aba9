package com.laincloud.registry.upload;

import com.laincloud.registry.oci.DigestAlgorithm;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/**
 * What is inside a hash of the Java platform, so that another process can go on with it. The platform's hashes are the fast
 * ones, and neither tell their state nor take one; therefore this reads and writes their fields, for which the JVM has to be
 * started with {@code --add-opens} of {@code java.base/java.security} and {@code java.base/sun.security.provider}.
 */
final class PlatformHash {

    private static final System.Logger LOG = System.getLogger(PlatformHash.class.getName());
    private static final Optional<PlatformHash> OF_THIS_PLATFORM = open();

    private final VarHandle provider;
    private final VarHandle buffer;
    private final VarHandle buffered;
    private final VarHandle count;
    private final VarHandle wordsOfSha256;
    private final VarHandle wordsOfSha512;

    private PlatformHash() throws ReflectiveOperationException {
        Class<?> base = Class.forName("sun.security.provider.DigestBase");
        this.provider = field(
                "java.security.MessageDigest$Delegate", "digestSpi", Class.forName("java.security.MessageDigestSpi"));
        this.buffer = field(base.getName(), "buffer", byte[].class);
        this.buffered = field(base.getName(), "bufOfs", int.class);
        this.count = field(base.getName(), "bytesProcessed", long.class);
        this.wordsOfSha256 = field("sun.security.provider.SHA2", "state", int[].class);
        this.wordsOfSha512 = field("sun.security.provider.SHA5", "state", long[].class);
    }

    private static VarHandle field(String type, String name, Class<?> fieldType) throws ReflectiveOperationException {
        Class<?> owner = Class.forName(type);
        return MethodHandles.privateLookupIn(owner, MethodHandles.lookup()).findVarHandle(owner, name, fieldType);
    }

    /** Empty where the fields cannot be reached, or are not what they were in the platforms of before. */
    static Optional<PlatformHash> ofThisPlatform() {
        return OF_THIS_PLATFORM;
    }

    private static Optional<PlatformHash> open() {
        try {
            PlatformHash access = new PlatformHash();
            for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
                access.requireSameDigest(algorithm);
            }
            return Optional.of(access);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(
                    Level.INFO,
                    "a hash cannot be carried from one request to the next, so that the bytes of an upload are read again when"
                            + " it ends: {0}",
                    e);
            return Optional.empty();
        }
    }

    private void requireSameDigest(DigestAlgorithm algorithm) {
        byte[] bytes = new byte[1000];
        new Random(1).nextBytes(bytes);
        MessageDigest hash = algorithm.newMessageDigest();
        hash.update(bytes, 0, 333);
        MessageDigest restored = restore(algorithm, 333, ByteBuffer.wrap(save(algorithm, hash)));
        restored.update(bytes, 333, bytes.length - 333);
        if (!Arrays.equals(restored.digest(), algorithm.newMessageDigest().digest(bytes))) {
            throw new IllegalStateException(algorithm + " is made otherwise here");
        }
    }

    /**
     * Whether so many bytes can be the state of a hash of {@code size} bytes: its words, and the bytes that were not worked off.
     * Those do not fill a block, or fill just one, which code that was compiled for some processors leaves for later.
     */
    static boolean isLengthOfState(int length, DigestAlgorithm algorithm, long size) {
        int rest = length - lengthOfWords(algorithm);
        int block = 2 * lengthOfWords(algorithm);
        return rest >= 0 && rest <= block && rest % block == size % block;
    }

    private static int lengthOfWords(DigestAlgorithm algorithm) {
        return switch (algorithm) {
            case SHA256 -> 8 * Integer.BYTES;
            case SHA512 -> 8 * Long.BYTES;
        };
    }

    byte[] save(DigestAlgorithm algorithm, MessageDigest hash) {
        Object inside = provider.get(hash);
        int rest = (int) buffered.get(inside);
        ByteBuffer state = ByteBuffer.allocate(lengthOfWords(algorithm) + rest);
        switch (algorithm) {
            case SHA256 -> {
                for (int word : (int[]) wordsOfSha256.get(inside)) {
                    state.putInt(word);
                }
            }
            case SHA512 -> {
                for (long word : (long[]) wordsOfSha512.get(inside)) {
                    state.putLong(word);
                }
            }
        }
        return state.put((byte[]) buffer.get(inside), 0, rest).array();
    }

    MessageDigest restore(DigestAlgorithm algorithm, long size, ByteBuffer state) {
        MessageDigest hash = algorithm.newMessageDigest();
        Object inside = provider.get(hash);
        switch (algorithm) {
            case SHA256 -> Arrays.setAll((int[]) wordsOfSha256.get(inside), i -> state.getInt());
            case SHA512 -> Arrays.setAll((long[]) wordsOfSha512.get(inside), i -> state.getLong());
        }
        int rest = state.remaining();
        state.get((byte[]) buffer.get(inside), 0, rest);
        buffered.set(inside, rest);
        count.set(inside, size);
        return hash;
    }
}
