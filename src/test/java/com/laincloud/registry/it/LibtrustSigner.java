package com.laincloud.registry.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/** Signs manifests of schema 1 as LAIN's secret-file tool does: ES256, by a key made for the occasion, indented. */
public final class LibtrustSigner {

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final int COORDINATE = 32;

    private final KeyPair key;

    public LibtrustSigner() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            this.key = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The bytes that are signed: what the digest is of. */
    public static byte[] canonical(JsonObject manifest) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                .createWriter(text)) {
            writer.writeObject(manifest);
        }
        return text.toString().strip().getBytes(UTF_8);
    }

    /** The manifest with its signature. */
    public byte[] sign(JsonObject manifest) {
        byte[] canonical = canonical(manifest);
        String document = new String(canonical, UTF_8);
        int end = document.lastIndexOf("\n}");
        String protectedHeader =
                BASE64.encodeToString("{\"formatLength\":%d,\"formatTail\":\"%s\",\"time\":\"2026-11-24T13:57:41Z\"}"
                        .formatted(
                                document.substring(0, end).getBytes(UTF_8).length,
                                BASE64.encodeToString(document.substring(end).getBytes(UTF_8)))
                        .getBytes(UTF_8));
        ECPublicKey publicKey = (ECPublicKey) key.getPublic();
        return """
                %s,
                   "signatures": [
                      {
                         "header": {
                            "jwk": {"crv": "P-256", "kty": "EC", "x": "%s", "y": "%s"},
                            "alg": "ES256"
                         },
                         "signature": "%s",
                         "protected": "%s"
                      }
                   ]
                }""".formatted(
                        document.substring(0, end),
                        coordinate(publicKey.getW().getAffineX()),
                        coordinate(publicKey.getW().getAffineY()),
                        BASE64.encodeToString(signature(protectedHeader + "." + BASE64.encodeToString(canonical))),
                        protectedHeader)
                .getBytes(UTF_8);
    }

    private byte[] signature(String input) {
        try {
            Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
            signer.initSign(key.getPrivate());
            signer.update(input.getBytes(UTF_8));
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[COORDINATE];
        int length = Math.min(bytes.length, COORDINATE);
        System.arraycopy(bytes, bytes.length - length, padded, COORDINATE - length, length);
        return BASE64.encodeToString(Arrays.copyOf(padded, COORDINATE));
    }
}
