package com.laincloud.registry.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Set;

/** The names by which a token may call the key that signed it, if it was not given one: both are made of the key itself. */
final class KeyId {

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int BITS_OF_DIGIT = 5;
    private static final int FINGERPRINT_BYTES = 30;
    private static final int GROUP = 4;

    private KeyId() {}

    /** All names of a key. */
    static Set<String> of(PublicKey key) {
        return Set.of(libtrust(key), thumbprint(key));
    }

    /**
     * As docker's libtrust names it, and so LAIN's token service: the beginning of the SHA-256 of the encoded key in twelve
     * groups of four, {@code A4TG:6YYF:…}.
     */
    static String libtrust(PublicKey key) {
        byte[] fingerprint = Arrays.copyOf(sha256(key.getEncoded()), FINGERPRINT_BYTES);
        StringBuilder id = new StringBuilder();
        for (int bit = 0, digits = 0; bit < fingerprint.length * Byte.SIZE; bit += BITS_OF_DIGIT, digits++) {
            if (digits > 0 && digits % GROUP == 0) {
                id.append(':');
            }
            id.append(BASE32.charAt(digit(fingerprint, bit)));
        }
        return id.toString();
    }

    private static int digit(byte[] bytes, int bit) {
        int digit = 0;
        for (int i = bit; i < bit + BITS_OF_DIGIT; i++) {
            int value = (bytes[i / Byte.SIZE] >> (Byte.SIZE - 1 - i % Byte.SIZE)) & 1;
            digit = (digit << 1) | value;
        }
        return digit;
    }

    /** As RFC 7638 names it, and so docker/distribution since 3.0. */
    static String thumbprint(PublicKey key) {
        try {
            return switch (key) {
                case RSAPublicKey rsa ->
                    new RSAKey.Builder(rsa).build().computeThumbprint().toString();
                case ECPublicKey ec ->
                    new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec)
                            .build()
                            .computeThumbprint()
                            .toString();
                case EdECPublicKey ed ->
                    new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(EdwardsKey.bytes(ed)))
                            .build()
                            .computeThumbprint()
                            .toString();
                default -> throw new IllegalArgumentException("a key of the kind " + key.getAlgorithm());
            };
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
