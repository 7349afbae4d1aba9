package com.laincloud.registry.auth.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.oci.KeyId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.Map;

/** Signs tokens with plain Java, so that what verifies them is not tested with itself. */
public final class TokenMint {

    /** What JSON Web Signatures call each algorithm, and what Java calls it. */
    static final Map<String, String> ALGORITHMS = Map.of(
            "RS256", "SHA256withRSA",
            "RS384", "SHA384withRSA",
            "RS512", "SHA512withRSA",
            "PS256", "SHA-256",
            "PS384", "SHA-384",
            "PS512", "SHA-512",
            "ES256", "SHA256withECDSAinP1363Format",
            "ES384", "SHA384withECDSAinP1363Format",
            "ES512", "SHA512withECDSAinP1363Format",
            "EdDSA", "Ed25519");

    private final KeyPair keys;
    private final String algorithm;

    private TokenMint(KeyPair keys, String algorithm) {
        this.keys = keys;
        this.algorithm = algorithm;
    }

    /** One with a new key for an algorithm. */
    public static TokenMint of(String algorithm) {
        return new TokenMint(
                switch (algorithm) {
                    case "ES256" -> keyPair("secp256r1");
                    case "ES384" -> keyPair("secp384r1");
                    case "ES512" -> keyPair("secp521r1");
                    case "EdDSA" -> keyPair("Ed25519");
                    default -> keyPair("RSA");
                },
                algorithm);
    }

    /** The same key with another algorithm. */
    TokenMint with(String other) {
        return new TokenMint(keys, other);
    }

    private static KeyPair keyPair(String kind) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.startsWith("secp") ? "EC" : kind);
            if (kind.equals("RSA")) {
                generator.initialize(2048);
            } else if (kind.startsWith("secp")) {
                generator.initialize(new ECGenParameterSpec(kind));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public PublicKey publicKey() {
        return keys.getPublic();
    }

    PrivateKey privateKey() {
        return keys.getPrivate();
    }

    /** How docker's libtrust, and LAIN's token service, name the key. */
    public String libtrustId() {
        return KeyId.of(publicKey());
    }

    /** The key as a file holds it. */
    public String pem() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(publicKey().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** A token with a header of only the algorithm and the key's name. */
    public String mint(String claims) {
        return sign("{\"typ\":\"JWT\",\"alg\":\"%s\",\"kid\":\"%s\"}".formatted(algorithm, libtrustId()), claims);
    }

    /** A token of any header and claims, whatever they say. */
    public String sign(String header, String claims) {
        String signed = encoded(header.getBytes(UTF_8)) + "." + encoded(claims.getBytes(UTF_8));
        try {
            return signed + "." + encoded(signature(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] signature(byte[] signed) throws GeneralSecurityException {
        String name = ALGORITHMS.get(algorithm);
        Signature signature = Signature.getInstance(algorithm.startsWith("PS") ? "RSASSA-PSS" : name);
        if (algorithm.startsWith("PS")) {
            int length = Integer.parseInt(algorithm.substring(2)) / Byte.SIZE;
            signature.setParameter(new PSSParameterSpec(name, "MGF1", new MGF1ParameterSpec(name), length, 1));
        }
        signature.initSign(keys.getPrivate());
        signature.update(signed);
        return signature.sign();
    }

    static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
