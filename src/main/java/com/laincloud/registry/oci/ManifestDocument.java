package com.laincloud.registry.oci;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The JSON of a manifest that has one meaning to all. Go's decoder, which most clients use, takes a key for a field of another
 * case as well, {@code ſ} for {@code s} and the Kelvin sign for {@code k}; what is read as an index here may be an image there
 * (the class of CVE-2021-41190).
 */
final class ManifestDocument {

    /** The fields that clients decide by, of images, indexes and descriptors. */
    private static final Set<String> FIELDS = Set.of(
            "schemaVersion",
            "mediaType",
            "artifactType",
            "config",
            "layers",
            "manifests",
            "subject",
            "annotations",
            "digest",
            "size",
            "urls",
            "data",
            "platform",
            "architecture",
            "os",
            "variant",
            "fsLayers",
            "history",
            "signatures",
            "blobSum",
            "v1Compatibility",
            "name",
            "tag");

    private static final Map<String, String> BY_FOLDED_NAME =
            FIELDS.stream().collect(Collectors.toUnmodifiableMap(ManifestDocument::folded, Function.identity()));

    private static final Set<String> OF_SCHEMA1 =
            Set.of("fsLayers", "history", "signatures", "blobSum", "v1Compatibility", "name", "tag", "architecture");

    private static final Pattern DIGITS = Pattern.compile("0|[1-9][0-9]*");
    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());

    private ManifestDocument() {}

    /**
     * Refuses a document that is another to another reader.
     *
     * @param document what {@link JsonDocument} read from {@code payload}
     * @throws RegistryException {@link ErrorCode#MANIFEST_INVALID}
     */
    static void requireOneMeaning(JsonObject document, byte[] payload) {
        requireExactNames(document);
        requireDigits(new String(payload, StandardCharsets.UTF_8));
    }

    /** @throws RegistryException {@link ErrorCode#MANIFEST_INVALID} if a manifest of schema 2 has fields of schema 1 */
    static void requireNoSchema1(JsonObject document) {
        for (String name : OF_SCHEMA1) {
            if (document.containsKey(name)) {
                throw new RegistryException(ErrorCode.MANIFEST_INVALID, name + " belongs to schemaVersion 1");
            }
        }
    }

    /** The names of annotations are their author's. */
    private static void requireExactNames(JsonValue value) {
        if (value instanceof JsonArray array) {
            array.forEach(ManifestDocument::requireExactNames);
        } else if (value instanceof JsonObject object) {
            object.forEach((name, inner) -> {
                String field = BY_FOLDED_NAME.get(folded(name));
                if (field != null && !field.equals(name)) {
                    throw new RegistryException(
                            ErrorCode.MANIFEST_INVALID, name + " is " + field + " to some readers, and not to others");
                }
                if (!name.equals("annotations")) {
                    requireExactNames(inner);
                }
            });
        }
    }

    /** As Go's decoder folds: {@link String#equalsIgnoreCase} does the same, one character at a time. */
    private static String folded(String name) {
        StringBuilder folded = new StringBuilder(name.length());
        name.chars().forEach(c -> folded.append(Character.toLowerCase(Character.toUpperCase((char) c))));
        return folded.toString();
    }

    /** Some readers take {@code 1e0} or {@code -0} for a size, others refuse the document. */
    private static void requireDigits(String text) {
        boolean isSize = false;
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            while (parser.hasNext()) {
                JsonParser.Event event = parser.next();
                if (isSize
                        && event == JsonParser.Event.VALUE_NUMBER
                        && !DIGITS.matcher(parser.getString()).matches()) {
                    throw new RegistryException(ErrorCode.MANIFEST_INVALID, "size is no number of digits alone");
                }
                isSize =
                        event == JsonParser.Event.KEY_NAME && parser.getString().equals("size");
            }
        }
    }
}
