package com.laincloud.registry.log;

import jakarta.json.Json;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.StringWriter;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * One JSON object an event, on one line, for machines: {@code time}, {@code level} and {@code msg} first (the names that
 * docker/distribution logs under), then the fields, then a stack trace as the string {@code error}.
 */
final class JsonFormatter extends Formatter {

    private final JsonGeneratorFactory generators = Json.createGeneratorFactory(Map.of());
    private final Map<String, String> constants;

    JsonFormatter(Map<String, String> constants) {
        this.constants = Map.copyOf(constants);
    }

    @Override
    public String format(LogRecord logged) {
        LogLine event = LogLine.of(logged, this, constants);
        StringWriter line = new StringWriter(256);
        try (JsonGenerator json = generators.createGenerator(line)) {
            json.writeStartObject()
                    .write("time", event.time())
                    .write("level", event.level())
                    .write("msg", event.message());
            event.fields().forEach((key, value) -> write(json, key, value));
            if (event.thrown() != null) {
                json.write("error", StackTraces.of(event.thrown()));
            }
            json.writeEnd();
        }
        return line.append('\n').toString();
    }

    private static void write(JsonGenerator json, String key, Object value) {
        switch (value) {
            case Integer number -> json.write(key, number);
            case Long number -> json.write(key, number);
            case Boolean bool -> json.write(key, bool);
            default -> json.write(key, String.valueOf(value));
        }
    }
}
