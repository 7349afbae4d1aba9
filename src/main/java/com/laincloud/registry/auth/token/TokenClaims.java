package com.laincloud.registry.auth.token;

import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.auth.Scope;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a token says, as typed values. What is of another type than its format allows is a {@link RefusedException}. */
record TokenClaims(JsonObject object) {

    private static final int MAX_SUBJECT = 255;
    private static final long MAX_SECONDS = 1L << 40;

    Optional<String> issuer() {
        return string(object, "iss");
    }

    /** For whom it is: none, one or several. */
    Set<String> audience() {
        JsonValue value = object.get("aud");
        if (value instanceof JsonArray several) {
            Set<String> audience = new LinkedHashSet<>();
            several.forEach(one -> audience.add(text(one, "aud")));
            return audience;
        }
        return string(object, "aud").map(Set::of).orElse(Set.of());
    }

    /** Whom it is about; null if it names no subject or "". LAIN's service names none where every caller may pull. */
    @Nullable
    String subject() {
        String subject = string(object, "sub").orElse("");
        boolean isUnusable = subject.length() > MAX_SUBJECT
                || subject.codePoints()
                        .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (isUnusable) {
            throw RefusedException.invalidToken("its subject is no name");
        }
        return subject.isEmpty() ? null : subject;
    }

    /** A time in seconds since 1970. */
    Optional<Instant> time(String claim) {
        JsonValue value = object.get(claim);
        if (value == null || value.equals(JsonValue.NULL)) {
            return Optional.empty();
        }
        if (!(value instanceof JsonNumber number)) {
            throw RefusedException.invalidToken("its claim " + claim + " is no time");
        }
        double seconds = Math.clamp(number.doubleValue(), -(double) MAX_SECONDS, (double) MAX_SECONDS);
        return Optional.of(Instant.ofEpochSecond((long) seconds));
    }

    /** What it lets its subject do; a token to log in with lets them do nothing. */
    Set<Scope> access() {
        Set<Scope> access = new HashSet<>();
        JsonValue value = object.getOrDefault("access", JsonValue.NULL);
        if (value.equals(JsonValue.NULL)) {
            return access;
        }
        for (JsonValue entry : array(value, "access")) {
            if (!(entry instanceof JsonObject resource)) {
                throw RefusedException.invalidToken("its claim access holds something else than objects");
            }
            String type = string(resource, "type").orElse("");
            String name = string(resource, "name").orElse("");
            JsonValue actions = resource.getOrDefault("actions", JsonValue.NULL);
            if (!actions.equals(JsonValue.NULL)) {
                array(actions, "actions").forEach(action -> access.add(new Scope(type, name, text(action, "actions"))));
            }
        }
        return access;
    }

    /** All of it, in the types that MicroProfile JWT gives the claims it knows. */
    Map<String, Object> all() {
        Map<String, Object> all = new HashMap<>();
        object.forEach((name, value) -> {
            switch (name) {
                case "aud" -> all.put(name, audience());
                case "exp", "iat", "nbf" -> time(name).ifPresent(time -> all.put(name, time.getEpochSecond()));
                default -> {
                    if (value instanceof JsonString text) {
                        all.put(name, text.getString());
                    } else if (!value.equals(JsonValue.NULL)) {
                        all.put(name, value);
                    }
                }
            }
        });
        return Map.copyOf(all);
    }

    private static Optional<String> string(JsonObject object, String name) {
        JsonValue value = object.getOrDefault(name, JsonValue.NULL);
        return value.equals(JsonValue.NULL) ? Optional.empty() : Optional.of(text(value, name));
    }

    private static String text(JsonValue value, String name) {
        if (value instanceof JsonString text) {
            return text.getString();
        }
        throw RefusedException.invalidToken("its claim " + name + " is no text");
    }

    private static List<JsonValue> array(JsonValue value, String name) {
        if (value instanceof JsonArray array) {
            return array;
        }
        throw RefusedException.invalidToken("its claim " + name + " is no list");
    }
}
