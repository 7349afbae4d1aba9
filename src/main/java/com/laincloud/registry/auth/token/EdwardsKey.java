package com.laincloud.registry.auth.token;

import com.nimbusds.jose.jwk.OctetKeyPair;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;

/**
 * Converts a public key of Ed25519 between its two forms: a point in Java, and 32 bytes everywhere else.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8032#section-5.1.2">RFC 8032, encoding</a>
 */
final class EdwardsKey {

    private static final int LENGTH = 32;

    private EdwardsKey() {}

    static byte[] bytes(EdECPublicKey key) {
        byte[] bytes = new byte[LENGTH];
        byte[] y = key.getPoint().getY().toByteArray();
        for (int i = 0; i < Math.min(y.length, LENGTH); i++) {
            bytes[i] = y[y.length - 1 - i];
        }
        if (key.getPoint().isXOdd()) {
            bytes[LENGTH - 1] |= (byte) 0x80;
        }
        return bytes;
    }

    /** @throws GeneralSecurityException if it is no key of Ed25519 */
    static PublicKey of(OctetKeyPair jwk) throws GeneralSecurityException {
        byte[] bytes = jwk.getX().decode();
        if (bytes.length != LENGTH) {
            throw new GeneralSecurityException("a key of Ed25519 has " + LENGTH + " bytes");
        }
        boolean xOdd = (bytes[LENGTH - 1] & 0x80) != 0;
        byte[] y = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            y[i] = bytes[LENGTH - 1 - i];
        }
        y[0] &= 0x7f;
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(
                        new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(xOdd, new BigInteger(1, y))));
    }
}
