package com.laincloud.registry.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;

/**
 * How docker's libtrust names a key, in signed manifests and in tokens: the first 240 bits of the SHA-256 of its {@code SubjectPublicKeyInfo}, in base32, in twelve
 * groups of four.
 */
public final class KeyId {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int BYTES = 30;

    private KeyId() {}

    /** The name of a key: {@code A4TG:6YYF:…}. */
    public static String of(PublicKey key) {
        byte[] hash = Arrays.copyOf(sha256(key.getEncoded()), BYTES);
        StringBuilder id = new StringBuilder();
        for (int bit = 0; bit < BYTES * 8; bit += 5) {
            if (bit > 0 && bit % 20 == 0) {
                id.append(':');
            }
            id.append(ALPHABET.charAt(fiveBits(hash, bit)));
        }
        return id.toString();
    }

    private static int fiveBits(byte[] bytes, int bit) {
        int first = bit / 8;
        int pair = ((bytes[first] & 0xff) << 8) | (first + 1 < bytes.length ? bytes[first + 1] & 0xff : 0);
        return (pair >> (11 - bit % 8)) & 0x1f;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java platform", e);
        }
    }
}
