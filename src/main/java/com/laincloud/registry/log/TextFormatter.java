package com.laincloud.registry.log;

import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * One line an event, for people: {@code 2026-11-24T10:15:30.123Z info response status=200 bytes=1024}. Values with anything
 * but plain characters are quoted; control characters never reach the terminal. A stack trace follows on lines of its own.
 */
final class TextFormatter extends Formatter {

    private final Map<String, String> constants;

    TextFormatter(Map<String, String> constants) {
        this.constants = Map.copyOf(constants);
    }

    @Override
    public String format(LogRecord logged) {
        Event event = Event.of(logged, this, constants);
        StringBuilder line = new StringBuilder(160)
                .append(event.time())
                .append(' ')
                .append(event.level())
                .append(' ');
        appendPrintable(line, event.message());
        event.fields().forEach((key, value) -> {
            line.append(' ').append(key).append('=');
            appendValue(line, String.valueOf(value));
        });
        line.append('\n');
        if (event.thrown() != null) {
            line.append(StackTraces.of(event.thrown()));
        }
        return line.toString();
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
