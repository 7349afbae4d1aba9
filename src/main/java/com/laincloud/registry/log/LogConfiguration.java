package com.laincloud.registry.log;

import com.laincloud.registry.config.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
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

    private static final String OWN_LOGGERS = "com.laincloud.registry";

    /** Held, because the log manager forgets a logger without references, and its level with it. */
    private static final Logger OWN_LOGGER = Logger.getLogger(OWN_LOGGERS);

    static final String FORMATTER = "com.laincloud.registry.log.formatter";
    static final String FIELDS = "com.laincloud.registry.log.fields";

    /** What the settings ask for. */
    public static LogConfiguration of(Log log) {
        Level level = switch (log.level()) {
            case ERROR -> Level.SEVERE;
            case WARN -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
        };
        return new LogConfiguration(level, log.formatter().name().toLowerCase(Locale.ROOT), log.fields());
    }

    /** Makes it so from now on. Where another log manager than the launcher's is at work, lines go on looking as it likes. */
    public void apply() {
        OWN_LOGGER.setLevel(level);
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            if (handler instanceof StandardOutputHandler) {
                handler.setFormatter(StandardOutputHandler.formatter(formatter, fields));
            }
        }
    }

    /** Writes the properties to {@code file}. */
    public void write(Path file) {
        Properties properties = new Properties();
        properties.setProperty("handlers", StandardOutputHandler.class.getName());
        properties.setProperty(".level", Level.WARNING.getName());
        properties.setProperty(OWN_LOGGERS + ".level", level.getName());
        // warns of settings that Payara needs as they are
        properties.setProperty("org.hibernate.orm.deprecation.level", Level.SEVERE.getName());
        // says what is thrown as well, and handled
        properties.setProperty("org.hibernate.engine.jdbc.spi.SqlExceptionHelper.level", Level.OFF.getName());
        // the same of connections to the database
        properties.setProperty("javax.enterprise.resource.resourceadapter.level", Level.OFF.getName());
        // a body in broken chunks, with its stack; the client hears of it
        properties.setProperty("org.glassfish.grizzly.filterchain.level", Level.SEVERE.getName());
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
