package com.laincloud.registry.it.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a LAIN cluster, behind its web router: what it sends arrives with the router's headers, and it comes back with a
 * token wherever it is asked for one, which it reads from the challenge as LAIN's own tools do.
 *
 * @param tokens where it gets tokens; null where the registry asks for none
 * @param user for which user it asks for them; null for none
 * @param scheme by which it speaks to the web router
 */
record LainClient(
        URI registry,
        @Nullable TokenService tokens,
        @Nullable String user,
        String scheme) {

    static final String HOST = "registry.lain.local";

    /** The same part for another user, or for none. */
    LainClient as(@Nullable String other) {
        return new LainClient(registry, tokens, other, scheme);
    }

    /** Sends a request, and again with a token if that is wanted. */
    HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers) {
        HttpResponse<byte[]> answer = sendOnce(method, path, body, headers);
        if (tokens == null || answer.statusCode() != 401) {
            return answer;
        }
        Map<String, String> challenge = challenge(RegistryClient.header(answer, "WWW-Authenticate"));
        assertThat(challenge).containsEntry("realm", tokens.realm().toString()).containsEntry("service", "lain.local");
        String scope = challenge.get("scope");
        String token = scope == null ? tokens.token(user) : tokens.token(user, scope.split(" ", -1));
        return sendWith(token, method, path, body, headers);
    }

    HttpResponse<byte[]> send(String method, String path, String... headers) {
        return send(method, path, new byte[0], headers);
    }

    /** Sends a request with a token that it has already. */
    HttpResponse<byte[]> sendWith(String token, String method, String path, byte[] body, String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + token));
        all.addAll(Arrays.asList(headers));
        return sendOnce(method, path, body, all.toArray(String[]::new));
    }

    /** Sends a request as it is. */
    HttpResponse<byte[]> sendOnce(String method, String path, byte[] body, String... headers) {
        return sendOnce(method, path, BodyPublishers.ofByteArray(body), headers);
    }

    /** Sends a request as it is, in chunks if the body is of no known length. */
    HttpResponse<byte[]> sendOnce(String method, String path, BodyPublisher body, String... headers) {
        RegistryClient routed = new RegistryClient(
                registry,
                "Host",
                HOST,
                "Connection",
                "upgrade",
                "X-Real-IP",
                "192.0.2.10",
                "X-Forwarded-For",
                "192.0.2.10",
                "X-Forwarded-Proto",
                scheme);
        return routed.send(method, path, body, headers);
    }

    /** The path that a {@code Location} leads to, which must be absolute and on the host that was asked. */
    String path(HttpResponse<byte[]> answer) {
        String location = RegistryClient.location(answer);
        String start = scheme + "://" + HOST;
        assertThat(location).startsWith(start + "/v2/");
        return location.substring(start.length());
    }

    /** At commas outside of quotes, and then at the equals sign. A scope of one action has no comma at all. */
    private static Map<String, String> challenge(String header) {
        assertThat(header).startsWith("Bearer realm=\"");
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : header.substring("Bearer ".length()).split(",(?=[a-z]+=\")", -1)) {
            assertThat(part).matches("[a-z]+=\"[^\"]*\"");
            parts.put(part.substring(0, part.indexOf('=')), part.substring(part.indexOf('"') + 1, part.length() - 1));
        }
        if (!parts.getOrDefault("scope", "").contains("push")) {
            assertThat(header.split(",", -1))
                    .as("as lainctl splits it")
                    .allMatch(part -> part.split("=", -1).length == 2);
        }
        return parts;
    }
}
