package com.laincloud.registry.http;

import com.laincloud.registry.request.Requester;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event a request, when it has ended: who, what, which answer, how many bytes, how long. Its fields have the names that
 * docker/distribution logs them under.
 */
final class AccessLog {

    private static final System.Logger LOG = System.getLogger("com.laincloud.registry.access");
    private static final int MAX_LENGTH = 1024;

    private AccessLog() {}

    static Line begin(HttpServletRequest request) {
        return new Line(request, System.nanoTime());
    }

    /** The line of one request that has begun. */
    record Line(HttpServletRequest request, long began) {

        void end(CountingResponse response) {
            FileBody file = FileBody.of(request);
            LOG.log(
                    System.Logger.Level.INFO,
                    "response completed {0}",
                    fields(response.getStatus(), file == null ? response.count() : file.length()));
        }

        private Map<String, Object> fields(int status, long bytes) {
            Requester requester = CurrentRequester.of(request);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("http.request.method", request.getMethod());
            fields.put("http.request.uri", bounded(target()));
            fields.put("http.response.status", status);
            fields.put("http.response.written", bytes);
            fields.put("http.response.duration", duration());
            put(fields, "http.request.remoteaddr", requester.address());
            put(fields, "auth.user.name", requester.actor());
            fields.put("http.request.id", requester.requestId());
            put(fields, "http.request.useragent", requester.userAgent());
            put(fields, "http.request.host", request.getHeader("Host"));
            RouteVariables.of(request.getRequestURI()).forEach((name, value) -> put(fields, "vars." + name, value));
            return fields;
        }

        private static void put(Map<String, Object> fields, String name, @Nullable String value) {
            if (value != null) {
                fields.put(name, bounded(value));
            }
        }

        private String target() {
            String query = request.getQueryString();
            return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
        }

        private String duration() {
            long tenthsOfMillis = (System.nanoTime() - began) / 100_000;
            return tenthsOfMillis / 10 + "." + tenthsOfMillis % 10 + "ms";
        }

        private static String bounded(String text) {
            return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
        }
    }
}
