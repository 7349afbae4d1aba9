package com.laincloud.registry.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** A table of keys that lies beside the code as a properties file. */
record KeyTable(Map<String, String> entries) {

    /** Every key that is honoured, with its prefix, and its default, which may be empty. */
    static final KeyTable DEFAULTS = load("/META-INF/microprofile-config.properties");

    /** Keys of docker/distribution that are not honoured, and why; a key stands for all beneath it. */
    static final KeyTable NOT_HONOURED = load("/com/laincloud/registry/config/not-honoured.properties");

    private static KeyTable load(String resource) {
        Properties properties = new Properties();
        try (InputStream in = Objects.requireNonNull(KeyTable.class.getResourceAsStream(resource), resource)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
        Map<String, String> entries = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> entries.put(name, properties.getProperty(name)));
        return new KeyTable(entries);
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** The entry of a key, or of the nearest section it is in. */
    Optional<String> nearest(String key) {
        for (String section = key;
                !section.isEmpty();
                section = section.substring(0, Math.max(0, section.lastIndexOf('.')))) {
            String entry = entries.get(section);
            if (entry != null) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }
}
