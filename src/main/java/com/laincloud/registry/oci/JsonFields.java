package com.laincloud.registry.oci;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of a JSON object, asked for by name and type. What is missing or of another type is a
 * {@link RegistryException} that says where. An optional field that is {@code null} is as good as missing.
 *
 * @param path where the object stands in its document, ready to have a name appended; empty for the document itself
 */
record JsonFields(String path, JsonObject object) {

    boolean has(String name) {
        return find(name).isPresent();
    }

    /** @throws RegistryException {@link ErrorCode#MANIFEST_INVALID} if it is there and no string */
    Optional<String> string(String name) {
        return find(name)
                .map(value -> as(JsonString.class, name, value, "string").getString());
    }

    String requiredString(String name) {
        return string(name).orElseThrow(() -> missing(name));
    }

    Digest requiredDigest(String name) {
        String digest = requiredString(name);
        try {
            return Digest.valueOf(digest);
        } catch (RegistryException e) {
            throw invalid(name, "is no digest that is understood here: " + digest);
        }
    }

    long requiredInteger(String name) {
        JsonNumber number = as(JsonNumber.class, name, required(name), "integer");
        try {
            if (number.isIntegral()) {
                return number.longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw invalid(name, "is too large");
        }
        throw invalid(name, "is no integer");
    }

    Optional<JsonFields> object(String name) {
        return find(name).map(value -> fields(name, value));
    }

    JsonFields requiredObject(String name) {
        return fields(name, required(name));
    }

    List<JsonFields> requiredObjects(String name) {
        JsonArray array = as(JsonArray.class, name, required(name), "array");
        List<JsonFields> objects = new ArrayList<>(array.size());
        for (JsonValue value : array) {
            objects.add(fields(name + "[" + objects.size() + "]", value));
        }
        return objects;
    }

    /** The strings of an array; none if it is missing. */
    List<String> strings(String name) {
        List<String> strings = new ArrayList<>();
        find(name)
                .map(value -> as(JsonArray.class, name, value, "array"))
                .ifPresent(array -> array.forEach(
                        value -> strings.add(as(JsonString.class, name + "[" + strings.size() + "]", value, "string")
                                .getString())));
        return strings;
    }

    boolean isTrue(String name) {
        return find(name).filter(JsonValue.TRUE::equals).isPresent();
    }

    /** All fields, each of them a string. */
    Map<String, String> strings() {
        Map<String, String> strings = new LinkedHashMap<>();
        object.forEach((name, value) ->
                strings.put(name, as(JsonString.class, name, value, "string").getString()));
        return strings;
    }

    RegistryException invalid(String name, String fault) {
        return new RegistryException(ErrorCode.MANIFEST_INVALID, path + name + " " + fault);
    }

    private RegistryException missing(String name) {
        return invalid(name, "is missing");
    }

    private Optional<JsonValue> find(String name) {
        return Optional.ofNullable(object.get(name)).filter(value -> !value.equals(JsonValue.NULL));
    }

    private JsonValue required(String name) {
        return find(name).orElseThrow(() -> missing(name));
    }

    private JsonFields fields(String name, JsonValue value) {
        return new JsonFields(path + name + ".", as(JsonObject.class, name, value, "object"));
    }

    private <T> T as(Class<T> type, String name, JsonValue value, String expected) {
        if (!type.isInstance(value)) {
            throw invalid(name, "is no " + expected);
        }
        return type.cast(value);
    }
}
