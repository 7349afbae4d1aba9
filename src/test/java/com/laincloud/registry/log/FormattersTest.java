package com.laincloud.registry.log;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class FormattersTest {

    private static LogRecord request(String agent) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("http.request.method", "GET");
        fields.put("http.request.uri", "/v2/a/manifests/v1");
        fields.put("http.response.status", 200);
        fields.put("http.response.written", 5_000_000_000L);
        fields.put("auth.user.name", "console");
        fields.put("http.request.useragent", agent);
        fields.put("vars.name", "a");
        LogRecord logged = new LogRecord(Level.INFO, "response completed {0}");
        logged.setInstant(Instant.parse("2026-11-24T10:15:30.123456Z"));
        logged.setLoggerName("com.laincloud.registry.access");
        logged.setParameters(new Object[] {fields});
        return logged;
    }

    @Test
    void aLineOfJsonHasEveryFieldUnderItsNameAndInItsType() {
        String line = new JsonFormatter(Map.of("service", "registry")).format(request("a\"b\n\u001b[0m"));

        assertThat(line).endsWith("}\n").hasLineCount(1);
        JsonObject json = Json.createReader(new StringReader(line)).readObject();
        assertThat(json.getString("time")).isEqualTo("2026-11-24T10:15:30.123Z");
        assertThat(json.getString("level")).isEqualTo("info");
        assertThat(json.getString("msg")).isEqualTo("response completed");
        assertThat(json.getString("http.request.method")).isEqualTo("GET");
        assertThat(json.getInt("http.response.status")).isEqualTo(200);
        assertThat(json.getJsonNumber("http.response.written").longValueExact()).isEqualTo(5_000_000_000L);
        assertThat(json.getString("auth.user.name")).isEqualTo("console");
        assertThat(json.getString("http.request.useragent")).isEqualTo("a\"b\n\u001b[0m");
        assertThat(json.getString("vars.name")).isEqualTo("a");
        assertThat(json.getString("service")).isEqualTo("registry");
    }

    @Test
    void aLineOfTextIsShortAndNothingInItReachesTheTerminal() {
        assertThat(new TextFormatter(Map.of()).format(request("a\"b\n\u001b[0m")))
                .isEqualTo(
                        "2026-11-24T10:15:30.123Z info response completed method=GET uri=/v2/a/manifests/v1 status=200"
                                + " written=5000000000 auth.user.name=console useragent=\"a\\\"b\\u000a\\u001b[0m\"\n");
    }
}
