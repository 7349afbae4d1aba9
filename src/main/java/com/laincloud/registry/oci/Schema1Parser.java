package com.laincloud.registry.oci;

import com.laincloud.registry.oci.Manifest.Schema1Manifest;
import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Reads manifests of schema 1, and the signatures in them. Whether the signatures are true is not judged here, but they
 * must all sign the same bytes, and these must say what the whole document says: a client may go by either.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/manifest-v2-1/">Docker, manifest version 2, schema 1</a>
 */
final class Schema1Parser {

    private static final String SIGNATURES = "signatures";
    private static final int MAX_SIGNATURES = 16;

    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

    private Schema1Parser() {}

    /** @param unsigned whether it may do without signatures */
    static Schema1Manifest parse(JsonFields document, byte[] payload, boolean unsigned) {
        for (String name : List.of("config", "layers", "manifests")) {
            if (document.has(name)) {
                throw document.invalid(name, "stands in a document of schema 1");
            }
        }
        List<JsonFields> layers = document.requiredObjects("fsLayers");
        List<JsonFields> history = document.requiredObjects("history");
        if (layers.isEmpty()) {
            throw document.invalid("fsLayers", "is empty");
        }
        if (layers.size() != history.size()) {
            throw document.invalid("history", "has " + history.size() + " entries, but fsLayers " + layers.size());
        }
        history.forEach(entry -> entry.requiredString("v1Compatibility"));
        List<JsonSignature> signatures = signatures(document, payload);
        if (signatures.isEmpty() && !unsigned) {
            throw new RegistryException(ErrorCode.MANIFEST_UNVERIFIED, "it has no signatures");
        }
        return new Schema1Manifest(
                signatures.isEmpty() ? MediaTypes.SCHEMA1 : MediaTypes.SCHEMA1_SIGNED,
                RepositoryName.valueOf(document.requiredString("name")),
                document.string("tag").orElse(""),
                layers.stream().map(layer -> layer.requiredDigest("blobSum")).toList(),
                signatures);
    }

    private static List<JsonSignature> signatures(JsonFields document, byte[] payload) {
        if (!document.has(SIGNATURES)) {
            return List.of();
        }
        List<JsonFields> blocks = document.requiredObjects(SIGNATURES);
        if (blocks.size() > MAX_SIGNATURES) {
            throw document.invalid(SIGNATURES, "are more than " + MAX_SIGNATURES);
        }
        List<JsonSignature> signatures =
                blocks.stream().map(block -> signature(block, payload.length)).toList();
        signatures.forEach(signature -> requireSameSignedPart(document, signatures.getFirst(), signature));
        if (!signatures.isEmpty()) {
            requireSameContent(document, signatures.getFirst().signedPart(payload));
        }
        return signatures;
    }

    private static JsonSignature signature(JsonFields block, int documentLength) {
        JsonFields header = block.requiredObject("header");
        String protectedText = block.requiredString("protected");
        JsonFields protectedHeader = new JsonFields(
                block.path() + "protected.", JsonDocument.read(decode(block, "protected", protectedText)));
        long formatLength = protectedHeader.requiredInteger("formatLength");
        if (formatLength < 1 || formatLength > documentLength) {
            throw protectedHeader.invalid("formatLength", "lies outside of the document");
        }
        byte[] formatTail = decode(protectedHeader, "formatTail", protectedHeader.requiredString("formatTail"));
        return new JsonSignature(
                header.requiredString("alg"),
                header.object("jwk").map(JsonFields::object).orElse(null),
                header.strings("x5c"),
                protectedText,
                block.requiredString("signature"),
                (int) formatLength,
                new String(formatTail, StandardCharsets.UTF_8));
    }

    private static void requireSameSignedPart(JsonFields document, JsonSignature one, JsonSignature other) {
        if (one.formatLength() != other.formatLength() || !one.formatTail().equals(other.formatTail())) {
            throw document.invalid(SIGNATURES, "sign different parts of the document");
        }
    }

    private static void requireSameContent(JsonFields document, byte[] signedPart) {
        JsonObject unsigned =
                JSON.createObjectBuilder(document.object()).remove(SIGNATURES).build();
        if (!JsonDocument.read(signedPart).equals(unsigned)) {
            throw document.invalid(SIGNATURES, "sign something else than the document says");
        }
    }

    private static byte[] decode(JsonFields fields, String name, String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw fields.invalid(name, "is not in base64url");
        }
    }
}
