package com.laincloud.registry.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code java.util.logging} is to do, as a properties file: the registry's own events from the chosen level on, the
 * server's from warnings on.
 *
 * @param level the least level of the registry's own events
 * @param formatter {@code text} or {@code json}
 * @param fields constant fields of every event
 */
public record LogConfiguration(Level level, String formatter, Map<String, String> fields) {

    static final String FORMATTER = "com.laincloud.registry.log.formatter";
    static final String FIELDS = "com.laincloud.registry.log.fields";

    /** Writes the properties to {@code file}. */
    public void write(Path file) {
        Properties properties = new Properties();
        properties.setProperty("handlers", StandardOutputHandler.class.getName());
        properties.setProperty(".level", Level.WARNING.getName());
        properties.setProperty("com.laincloud.registry.level", level.getName());
        // warns of settings that Payara needs as they are
        properties.setProperty("org.hibernate.orm.deprecation.level", Level.SEVERE.getName());
        // says what is thrown as well, and handled
        properties.setProperty("org.hibernate.engine.jdbc.spi.SqlExceptionHelper.level", Level.OFF.getName());
        properties.setProperty(FORMATTER, formatter);
        properties.setProperty(FIELDS, encode(fields));
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String encode(Map<String, String> fields) {
        return new TreeMap<>(fields)
                .entrySet().stream()
                        .map(field -> field.getKey() + "=" + field.getValue().replace("\n", " "))
                        .collect(Collectors.joining("\n"));
    }

    static Map<String, String> decode(@Nullable String encoded) {
        Map<String, String> fields = new TreeMap<>();
        for (String field : (encoded == null ? "" : encoded).split("\n", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(field.substring(0, equals), field.substring(equals + 1));
            }
        }
        return fields;
    }
}
