package com.laincloud.registry.oci;

import jakarta.json.Json;
import jakarta.json.JsonConfig;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads the JSON of strangers: an object in UTF-8, without what two readers understand differently (a key twice, half of a
 * surrogate pair), with no nesting deep enough to exhaust a stack, here or in a client, and with no more values than fit in
 * memory. Manifests are such JSON, and tokens.
 */
public final class JsonDocument {

    private static final int MAX_DEPTH = 64;

    /** Read into objects, each takes up to 100 bytes of memory, however short it is. The 37,000 layers that 4 MiB hold have 148,000. */
    private static final int MAX_VALUES = 200_000;

    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());
    private static final JsonReaderFactory READERS =
            Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

    private JsonDocument() {}

    /**
     * The object that some bytes spell.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_INVALID}
     */
    public static JsonObject read(byte[] payload) {
        String text = decode(payload);
        try {
            requireModest(text);
            if (text.contains("\\u")) {
                requireWholeCharacters(text);
            }
            try (JsonReader reader = READERS.createReader(new StringReader(text))) {
                return reader.readObject();
            }
        } catch (IllegalStateException e) { // its message speaks of the parser's methods
            throw new RegistryException(ErrorCode.MANIFEST_INVALID, "no JSON object");
        } catch (JsonException | NumberFormatException | NoSuchElementException | UnsupportedOperationException e) {
            throw new RegistryException(ErrorCode.MANIFEST_INVALID, "no JSON object: " + e.getMessage());
        }
    }

    private static String decode(byte[] payload) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RegistryException(ErrorCode.MANIFEST_INVALID, "not in UTF-8");
        }
    }

    /** Half of a surrogate pair, which only an escape can spell, is kept by some readers and replaced by others. */
    private static void requireWholeCharacters(String text) {
        CharsetEncoder encoder = StandardCharsets.UTF_16.newEncoder();
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            while (parser.hasNext()) {
                JsonParser.Event event = parser.next();
                if ((event == JsonParser.Event.KEY_NAME || event == JsonParser.Event.VALUE_STRING)
                        && !encoder.canEncode(parser.getString())) {
                    throw new RegistryException(ErrorCode.MANIFEST_INVALID, "half of a surrogate pair");
                }
            }
        }
    }

    /** One pass that keeps nothing. */
    private static void requireModest(String text) {
        int depth = 0;
        int values = 0;
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            while (parser.hasNext()) {
                switch (parser.next()) {
                    case START_OBJECT, START_ARRAY -> {
                        depth++;
                        values++;
                    }
                    case END_OBJECT, END_ARRAY -> depth--;
                    case KEY_NAME -> {}
                    default -> values++;
                }
                if (values > MAX_VALUES) {
                    throw new RegistryException(ErrorCode.MANIFEST_INVALID, "more than " + MAX_VALUES + " values");
                }
                if (depth > MAX_DEPTH) {
                    throw new RegistryException(
                            ErrorCode.MANIFEST_INVALID, "nested deeper than " + MAX_DEPTH + " objects and arrays");
                }
            }
        }
    }
}
