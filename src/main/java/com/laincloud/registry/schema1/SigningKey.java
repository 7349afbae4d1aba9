package com.laincloud.registry.schema1;

import com.laincloud.registry.oci.KeyId;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.text.ParseException;

/** The key that the registry signs manifests of schema 1 with. */
final class SigningKey {

    private final PublicKey publicKey;
    private final PrivateKey privateKey;
    private final SignatureAlgorithm algorithm;

    /** @throws IllegalArgumentException if there is no algorithm that goes with it */
    SigningKey(PublicKey publicKey, PrivateKey privateKey) {
        this.publicKey = publicKey;
        this.privateKey = privateKey;
        this.algorithm = SignatureAlgorithm.of(publicKey)
                .orElseThrow(
                        () -> new IllegalArgumentException("it is neither RSA nor of the curves P-256, P-384, P-521"));
    }

    /** @throws IllegalArgumentException as the constructor */
    static SigningKey of(KeyPair pair) {
        return new SigningKey(pair.getPublic(), pair.getPrivate());
    }

    /** A new one, as libtrust makes it by default. */
    static SigningKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return of(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("P-256 is part of every Java platform", e);
        }
    }

    /**
     * The key that a JSON Web Key spells.
     *
     * @throws IllegalArgumentException saying why it spells none
     */
    static SigningKey ofJson(String json) {
        try {
            JWK jwk = JWK.parse(json);
            if (!jwk.isPrivate()) {
                throw new IllegalArgumentException("it is not private");
            }
            return switch (jwk) {
                case ECKey ec -> new SigningKey(ec.toECPublicKey(), ec.toECPrivateKey());
                case RSAKey rsa -> new SigningKey(rsa.toRSAPublicKey(), rsa.toRSAPrivateKey());
                default -> throw new IllegalArgumentException("it is of the type " + jwk.getKeyType());
            };
        } catch (ParseException | JOSEException | IllegalStateException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The whole key, private part included, as a JSON Web Key. */
    String toPrivateJson() {
        return toJwk(true).toJSONString();
    }

    /** Its public part as a JSON Web Key, by its libtrust name. */
    JsonObject toPublicJson() {
        try (JsonReader reader = Json.createReader(new StringReader(toJwk(false).toJSONString()))) {
            return reader.readObject();
        }
    }

    SignatureAlgorithm algorithm() {
        return algorithm;
    }

    byte[] sign(byte[] input) {
        try {
            Signature signer = Signature.getInstance(algorithm.standardName());
            signer.initSign(privateKey);
            signer.update(input);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key that was read does not sign", e);
        }
    }

    private JWK toJwk(boolean withPrivatePart) {
        String id = KeyId.of(publicKey);
        return switch (publicKey) {
            case ECPublicKey ec -> {
                ECKey.Builder builder = new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec).keyID(id);
                yield (withPrivatePart ? builder.privateKey(privateKey) : builder).build();
            }
            case RSAPublicKey rsa -> {
                RSAKey.Builder builder = new RSAKey.Builder(rsa).keyID(id);
                yield (withPrivatePart ? builder.privateKey(privateKey) : builder).build();
            }
            default -> throw new IllegalStateException("refused when it was read");
        };
    }
}
