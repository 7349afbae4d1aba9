package com.laincloud.registry.oci;

import jakarta.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A signature that stands within the JSON document it signs, as libtrust puts it there. What it signs is the document as
 * it was before: its first {@code formatLength} bytes, and then {@code formatTail}, which the signatures took the place of.
 *
 * @param algorithm of JSON Web Algorithms, for example {@code ES256}
 * @param key the JSON Web Key that verifies it; null if a certificate does
 * @param certificates a chain in base64, the first of which verifies it; empty if a key does
 * @param protectedHeader in base64url, as it was signed
 * @param signature in base64url
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7515#section-7.2.1">RFC 7515, general JWS JSON serialization</a>
 */
public record JsonSignature(
        String algorithm,
        @Nullable JsonObject key,
        List<String> certificates,
        String protectedHeader,
        String signature,
        int formatLength,
        String formatTail) {

    /** The part of a document that is signed, put together again. */
    byte[] signedPart(byte[] document) {
        byte[] tail = formatTail.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(formatLength + tail.length)
                .put(document, 0, formatLength)
                .put(tail)
                .array();
    }

    /** The bytes that {@link #signature} is the signature of, for a document whose signed part is {@code canonical}. */
    public byte[] signingInput(byte[] canonical) {
        return (protectedHeader + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(canonical))
                .getBytes(StandardCharsets.US_ASCII);
    }
}
