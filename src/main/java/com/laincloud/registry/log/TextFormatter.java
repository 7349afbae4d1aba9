package com.laincloud.registry.log;

import java.util.List;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * One line an event, for people: {@code 2026-11-24T10:15:30.123Z info response completed status=200 written=1024}. Of a
 * request's fields the names are shortened, and parts of its address left out, which stands there as a whole. Values with
 * anything but plain characters are quoted; control characters never reach the terminal. A stack trace follows on lines of its
 * own.
 */
final class TextFormatter extends Formatter {

    /** What goes without saying in a line about a request. */
    private static final List<String> PREFIXES = List.of("http.request.", "http.response.");

    /** Parts of the address, which stands in the line as a whole. */
    private static final String OF_THE_URI = "vars.";

    private final Map<String, String> constants;

    TextFormatter(Map<String, String> constants) {
        this.constants = Map.copyOf(constants);
    }

    @Override
    public String format(LogRecord logged) {
        LogLine event = LogLine.of(logged, this, constants);
        StringBuilder line = new StringBuilder(160)
                .append(event.time())
                .append(' ')
                .append(event.level())
                .append(' ');
        appendPrintable(line, event.message());
        event.fields().forEach((key, value) -> {
            if (!key.startsWith(OF_THE_URI)) {
                line.append(' ').append(shortened(key)).append('=');
                appendValue(line, String.valueOf(value));
            }
        });
        line.append('\n');
        if (event.thrown() != null) {
            line.append(StackTraces.of(event.thrown()));
        }
        return line.toString();
    }

    private static String shortened(String name) {
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix)) {
                return name.substring(prefix.length());
            }
        }
        return name;
    }

    private static void appendValue(StringBuilder line, String value) {
        boolean plain = !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c != '"' && c != '=' && c != 0x7f);
        if (plain) {
            line.append(value);
            return;
        }
        line.append('"');
        appendPrintable(line, value.replace("\\", "\\\\").replace("\"", "\\\""));
        line.append('"');
    }

    private static void appendPrintable(StringBuilder line, String text) {
        text.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                line.append("\\u%04x".formatted(c));
            } else {
                line.append((char) c);
            }
        });
    }
}
