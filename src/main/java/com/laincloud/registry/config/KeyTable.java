package com.laincloud.registry.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every setting there is, as {@code META-INF/microprofile-config.properties} has it: a comment that begins with the type and
 * with {@code live} or {@code restart} in brackets, then the name and the default. Lines are neither continued nor escaped.
 */
final class KeyTable {

    private static final Pattern NOTE = Pattern.compile("\\[([^,\\]]+(?:, [^,\\]]+)*), (live|restart)\\] (.*)");

    /** The settings of this registry. */
    static final KeyTable HONOURED = load("/META-INF/microprofile-config.properties");

    private final Map<String, Key> keys;

    private KeyTable(Map<String, Key> keys) {
        this.keys = Collections.unmodifiableMap(keys);
    }

    private static KeyTable load(String resource) {
        Map<String, Key> keys = new LinkedHashMap<>();
        List<String> comment = new ArrayList<>();
        for (String line : lines(resource)) {
            int equals = line.indexOf('=');
            if (line.startsWith("#")) {
                comment.add(line.substring(1).strip());
            } else if (line.startsWith(SettingValues.PREFIX) && equals > 0) {
                Key key =
                        key(line.substring(SettingValues.PREFIX.length(), equals), line.substring(equals + 1), comment);
                keys.put(key.name(), key);
                comment.clear();
            } else {
                comment.clear();
            }
        }
        return new KeyTable(keys);
    }

    private static Key key(String name, String defaultValue, List<String> comment) {
        Matcher note = NOTE.matcher(String.join(" ", comment));
        return note.matches()
                ? new Key(name, note.group(1), note.group(2).equals("live"), defaultValue, note.group(3))
                : new Key(name, "text", false, defaultValue, String.join(" ", comment));
    }

    static List<String> lines(String resource) {
        InputStream in = Objects.requireNonNull(KeyTable.class.getResourceAsStream(resource), resource);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    /** In the order of the table. */
    Collection<Key> keys() {
        return keys.values();
    }

    /** The setting of this name. */
    Optional<Key> find(String name) {
        return Optional.ofNullable(keys.get(name));
    }

    /** The setting of this name, or the map that this name is an entry of. */
    Optional<Key> governing(String name) {
        return find(name)
                .or(() -> keys.values().stream()
                        .filter(key -> key.isMap() && name.startsWith(key.name() + "."))
                        .findFirst());
    }

    /** Whether a change of this key, or of the section of this name, takes effect at once. */
    boolean isLive(String name) {
        return governing(name)
                .map(Key::isLive)
                .orElseGet(() -> keys.values().stream()
                        .filter(key -> key.name().startsWith(name + "."))
                        .allMatch(Key::isLive));
    }

    /** The defaults that are not empty, by key. */
    Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        keys.values().stream()
                .filter(key -> !key.defaultValue().isEmpty())
                .forEach(key -> defaults.put(key.name(), key.defaultValue()));
        return defaults;
    }
}
