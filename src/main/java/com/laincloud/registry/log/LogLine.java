package com.laincloud.registry.log;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
record LogLine(
        String time,
        String level,
        String message,
        Map<String, Object> fields,
        @Nullable Throwable thrown) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static LogLine of(LogRecord event, Formatter formatter, Map<String, String> constants) {
        Map<String, Object> fields = new LinkedHashMap<>();
        List<Object> parameters = event.getParameters() == null ? List.of() : Arrays.asList(event.getParameters());
        for (Object parameter : parameters) {
            if (parameter instanceof Map<?, ?> map) {
                map.forEach((key, value) -> fields.put(String.valueOf(key), value));
            }
        }
        String logger = event.getLoggerName();
        if (logger != null && !logger.startsWith("com.laincloud.registry")) {
            fields.put("logger", logger);
        }
        fields.putAll(constants);
        return new LogLine(
                TIME.format(event.getInstant()),
                level(event.getLevel()),
                message(event, parameters, formatter),
                fields,
                event.getThrown());
    }

    /** A message has its fields as {@code {0}} at its end, for formatters that know of no fields; here they stand alone. */
    private static String message(LogRecord event, List<Object> parameters, Formatter formatter) {
        String message = event.getMessage();
        if (parameters.size() == 1 && parameters.getFirst() instanceof Map && message.endsWith(" {0}")) {
            return message.substring(0, message.length() - " {0}".length());
        }
        return formatter.formatMessage(event);
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
