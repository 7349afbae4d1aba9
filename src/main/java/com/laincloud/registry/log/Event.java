package com.laincloud.registry.log;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * A log record as the formatters see it.
 *
 * @param time ISO-8601, UTC, milliseconds
 * @param level {@code debug}, {@code info}, {@code warn} or {@code error}
 * @param fields what happened, in the order given, then the constant fields
 */
record Event(
        String time,
        String level,
        String message,
        Map<String, Object> fields,
        @Nullable Throwable thrown) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static Event of(LogRecord event, Formatter formatter, Map<String, String> constants) {
        Map<String, Object> fields = new LinkedHashMap<>();
        Object[] parameters = event.getParameters();
        for (Object parameter : parameters == null ? new Object[0] : parameters) {
            if (parameter instanceof Map<?, ?> map) {
                map.forEach((key, value) -> fields.put(String.valueOf(key), value));
            }
        }
        String logger = event.getLoggerName();
        if (logger != null && !logger.startsWith("com.laincloud.registry")) {
            fields.put("logger", logger);
        }
        fields.putAll(constants);
        return new Event(
                TIME.format(event.getInstant()),
                level(event.getLevel()),
                formatter.formatMessage(event),
                fields,
                event.getThrown());
    }

    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "error";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "warn";
        }
        return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
    }
}
