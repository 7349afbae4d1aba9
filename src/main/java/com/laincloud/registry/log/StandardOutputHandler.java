package com.laincloud.registry.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.logging.ErrorManager;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes each event to the process's own standard output, whatever {@link System#out} has been replaced with: the registry's
 * own from their chosen level on, the server's from warnings on.
 *
 * <p>Until the application is up ({@code registry.state}), the server's events are written without stack traces, and the first
 * severe one becomes the reason of a failed start ({@code registry.failure}). After that, only the registry's own are written:
 * the server would tell the same failure again and again.
 */
public final class StandardOutputHandler extends Handler {

    private static final String OWN_LOGGERS = "com.laincloud.registry";
    private static final String STATE = "registry.state";
    private static final String FAILURE = "registry.failure";

    private final OutputStream output;

    /** As the log manager makes it: with the formatter and fields of {@link LogConfiguration}. */
    public StandardOutputHandler() {
        this(
                new FileOutputStream(FileDescriptor.out),
                LogManager.getLogManager().getProperty(LogConfiguration.FORMATTER),
                LogConfiguration.decode(LogManager.getLogManager().getProperty(LogConfiguration.FIELDS)));
    }

    StandardOutputHandler(OutputStream output, @Nullable String formatter, Map<String, String> fields) {
        this.output = output;
        setFormatter(formatter(formatter, fields));
    }

    static Formatter formatter(@Nullable String name, Map<String, String> fields) {
        return "json".equals(name) ? new JsonFormatter(fields) : new TextFormatter(fields);
    }

    @Override
    public void publish(LogRecord event) {
        if (!isLoggable(event)) {
            return;
        }
        if (isForeign(event) && !"up".equals(System.getProperty(STATE))) {
            if (System.getProperty(FAILURE) != null) {
                return;
            }
            noteFailure(event);
            event.setThrown(null);
        }
        write(getFormatter().format(event));
    }

    @Override
    public boolean isLoggable(LogRecord event) {
        return super.isLoggable(event)
                && (!isForeign(event) || event.getLevel().intValue() >= Level.WARNING.intValue());
    }

    private static boolean isForeign(LogRecord event) {
        String logger = event.getLoggerName();
        return logger == null || !logger.startsWith(OWN_LOGGERS);
    }

    private void noteFailure(LogRecord event) {
        if (event.getLevel().intValue() < Level.SEVERE.intValue()) {
            return;
        }
        Throwable cause = event.getThrown();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String reason = cause == null ? getFormatter().formatMessage(event) : cause.toString();
        System.setProperty(FAILURE, "deployment: " + reason.replaceAll("\\s+", " "));
    }

    private void write(String line) {
        try {
            synchronized (output) {
                output.write(line.getBytes(UTF_8));
            }
        } catch (IOException e) {
            reportError("cannot write to standard output", e, ErrorManager.WRITE_FAILURE);
        }
    }

    @Override
    public void flush() {
        // every event is written at once
    }

    @Override
    public void close() {
        // standard output is not ours to close
    }
}
