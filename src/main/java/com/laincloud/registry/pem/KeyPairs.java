package com.laincloud.registry.pem;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the three forms in which private keys are written in PEM. The platform reads but one of them, and gives the private
 * part alone.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5208">RFC 5208, PKCS #8</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5915">RFC 5915, elliptic curve private keys</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2">RFC 8017, RSA private keys</a>
 */
public final class KeyPairs {

    private static final int PARAMETERS = 0xa0;
    private static final int PUBLIC_KEY = 0xa1;
    private static final int UNCOMPRESSED = 4;

    private KeyPairs() {}

    /**
     * The first pair in a text.
     *
     * @throws IllegalArgumentException saying why there is none in it
     */
    public static KeyPair read(String pem) {
        PemBlock block = PemBlock.of(pem).stream()
                .filter(found -> found.type().endsWith("PRIVATE KEY"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no block of a private key that is not encrypted"));
        DerValue key = DerValue.parse(block.content());
        try {
            return switch (block.type()) {
                case "EC PRIVATE KEY" -> ec(key, curve(key.children()));
                case "RSA PRIVATE KEY" -> rsa(key);
                case "PRIVATE KEY" -> pkcs8(key.children());
                default -> throw new IllegalArgumentException("it is " + block.type());
            };
        } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the block cannot be read: " + e.getMessage(), e);
        }
    }

    private static KeyPair pkcs8(List<DerValue> fields) throws GeneralSecurityException {
        List<DerValue> algorithm = fields.get(1).children();
        DerValue key = DerValue.parse(fields.get(2).content());
        return switch (algorithm.get(0).objectIdentifier()) {
            case "1.2.840.10045.2.1" -> ec(key, algorithm.get(1).objectIdentifier());
            case "1.2.840.113549.1.1.1" -> rsa(key);
            default -> throw new IllegalArgumentException("it is neither RSA nor of an elliptic curve");
        };
    }

    private static String curve(List<DerValue> fields) {
        return tagged(fields, PARAMETERS).objectIdentifier();
    }

    private static KeyPair ec(DerValue key, String curve) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve));
        ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
        List<DerValue> fields = key.children();
        byte[] bits = tagged(fields, PUBLIC_KEY).content();
        int octets = (bits.length - 2) / 2;
        if (bits.length < 4 || bits[1] != UNCOMPRESSED) {
            throw new IllegalArgumentException("its public point is compressed");
        }
        ECPoint point = new ECPoint(
                new BigInteger(1, Arrays.copyOfRange(bits, 2, 2 + octets)),
                new BigInteger(1, Arrays.copyOfRange(bits, 2 + octets, bits.length)));
        KeyFactory factory = KeyFactory.getInstance("EC");
        return new KeyPair(
                factory.generatePublic(new ECPublicKeySpec(point, spec)),
                factory.generatePrivate(
                        new ECPrivateKeySpec(new BigInteger(1, fields.get(1).content()), spec)));
    }

    private static KeyPair rsa(DerValue key) throws GeneralSecurityException {
        List<BigInteger> numbers =
                key.children().stream().map(DerValue::integer).toList();
        KeyFactory factory = KeyFactory.getInstance("RSA");
        return new KeyPair(
                factory.generatePublic(new RSAPublicKeySpec(numbers.get(1), numbers.get(2))),
                factory.generatePrivate(new RSAPrivateCrtKeySpec(
                        numbers.get(1),
                        numbers.get(2),
                        numbers.get(3),
                        numbers.get(4),
                        numbers.get(5),
                        numbers.get(6),
                        numbers.get(7),
                        numbers.get(8))));
    }

    private static DerValue tagged(List<DerValue> fields, int tag) {
        return fields.stream()
                .filter(field -> field.tag() == tag)
                .map(field -> field.children().getFirst())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("it names no curve, or no public point"));
    }
}
