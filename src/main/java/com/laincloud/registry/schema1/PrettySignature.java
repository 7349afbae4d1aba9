package com.laincloud.registry.schema1;

import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;

/**
 * Puts a signature into the JSON document that it signs, as libtrust does. The signatures follow where the document's last
 * member ended. The protected header says where that was, so that a verifier can take them out again.
 */
final class PrettySignature {

    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private PrettySignature() {}

    /** @param document a JSON object with at least one member */
    static byte[] sign(byte[] document, SigningKey key, Instant time) {
        int formatLength = endOfLastMember(document);
        String tail = new String(document, formatLength, document.length - formatLength, StandardCharsets.UTF_8);
        String protectedHeader = BASE64.encodeToString(JSON.createObjectBuilder()
                .add("formatLength", formatLength)
                .add("formatTail", BASE64.encodeToString(tail.getBytes(StandardCharsets.UTF_8)))
                .add("time", time.truncatedTo(ChronoUnit.SECONDS).toString())
                .build()
                .toString()
                .getBytes(StandardCharsets.UTF_8));
        byte[] signature =
                key.sign((protectedHeader + "." + BASE64.encodeToString(document)).getBytes(StandardCharsets.US_ASCII));
        String signatures = JSON.createArrayBuilder()
                .add(JSON.createObjectBuilder()
                        .add(
                                "header",
                                JSON.createObjectBuilder()
                                        .add("jwk", key.toPublicJson())
                                        .add("alg", key.algorithm().name()))
                        .add("signature", BASE64.encodeToString(signature))
                        .add("protected", protectedHeader))
                .build()
                .toString();
        ByteArrayOutputStream signed = new ByteArrayOutputStream(document.length + signatures.length() + 20);
        signed.write(document, 0, formatLength);
        signed.writeBytes((",\"signatures\":" + signatures + "}").getBytes(StandardCharsets.UTF_8));
        return signed.toByteArray();
    }

    private static int endOfLastMember(byte[] document) {
        int brace = skipSpaceBackwards(document, document.length) - 1;
        return skipSpaceBackwards(document, brace);
    }

    private static int skipSpaceBackwards(byte[] document, int end) {
        int i = end;
        while (i > 0 && " \t\r\n".indexOf(document[i - 1]) >= 0) {
            i--;
        }
        return i;
    }
}
