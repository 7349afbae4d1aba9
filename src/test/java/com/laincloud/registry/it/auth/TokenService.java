package com.laincloud.registry.it.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.auth.token.TokenMint;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A token service that does what LAIN's Console does, its faults included. It sees only the last of several scopes, and
 * answers with a token and nothing else. Where no scope is asked for, it leaves out {@code access}, or repeats there what
 * another request asked for before. It names no subject where every client may pull.
 *
 * <p>Every client may pull. The user {@code lain} may do everything, {@code guest} nothing but log in.
 */
public final class TokenService implements AutoCloseable {

    static final String PATH = "/api/v1/authorize/registry/";
    static final String ISSUER = "auth server";
    static final String SERVICE = "lain.local";

    /** Who has which password. */
    static final Map<String, String> PASSWORDS = Map.of("lain", "lain's password", "guest", "guest");

    private final TokenMint mint = TokenMint.of("RS256");
    private final HttpServer server;
    private volatile @Nullable JsonArray lastAccess;

    TokenService() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext(PATH, this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /** Where clients get tokens. */
    URI realm() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
    }

    /** What signs the tokens. */
    TokenMint mint() {
        return mint;
    }

    /** A token that a client gets at the realm, with or without credentials: one that the service must not refuse. */
    String token(@Nullable String user, String... scopes) {
        StringBuilder query = new StringBuilder("?service=" + SERVICE);
        for (String scope : scopes) {
            query.append("&scope=").append(scope);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(realm() + query.toString()));
        if (user != null) {
            request.header("Authorization", basic(user, String.valueOf(PASSWORDS.get(user))));
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(response.statusCode() + " " + response.body());
            }
            return Json.createReader(new StringReader(response.body()))
                    .readObject()
                    .getString("token");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An {@code Authorization} of a name and a password. */
    public static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }

    /** The claims of a token as Console makes them. */
    static JsonObjectBuilder claims(@Nullable String subject, @Nullable String audience, @Nullable JsonArray access) {
        long now = Instant.now().getEpochSecond();
        JsonObjectBuilder claims = Json.createObjectBuilder()
                .add("iss", ISSUER)
                .add("sub", subject == null ? JsonValue.NULL : Json.createValue(subject))
                .add("aud", audience == null ? JsonValue.NULL : Json.createValue(audience))
                .add("iat", now)
                .add("nbf", now - 1)
                .add("exp", now + 1800)
                .add("jti", String.valueOf(now + 0.25));
        return access == null ? claims : claims.add("access", access);
    }

    /** What one scope asks for, in the order it asks. */
    static JsonArray access(String scope) {
        List<String> words = Arrays.asList(scope.split(":", -1));
        JsonArrayBuilder actions =
                Json.createArrayBuilder(Arrays.asList(words.getLast().split(",", -1)));
        return Json.createArrayBuilder()
                .add(Json.createObjectBuilder()
                        .add("type", words.getFirst())
                        .add("name", String.join(":", words.subList(1, words.size() - 1)))
                        .add("actions", actions))
                .build();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            String query = exchange.getRequestURI().getRawQuery();
            String parameters = (query == null ? "" : query) + "&" + body;
            Optional<String> scope = last(parameters, "scope");
            Optional<String> user = authenticated(exchange.getRequestHeaders().getFirst("Authorization"));
            boolean isPull = scope.isPresent() && scope.get().endsWith(":pull");
            if (!isPull && user.isEmpty()) {
                send(exchange, 401, "text/plain", "authorize failed");
                return;
            }
            boolean isGranted = isPull || user.equals(Optional.of("lain"));
            if (scope.isPresent() && isGranted) {
                lastAccess = access(scope.get());
            }
            boolean isRefused = scope.isPresent() && !isGranted;
            JsonObjectBuilder claims =
                    claims(user.orElse(null), last(parameters, "service").orElse(null), isRefused ? null : lastAccess);
            String token = mint.mint(claims.build().toString());
            send(exchange, 200, "application/json", "{\"token\": \"" + token + "\"}");
        }
    }

    private static Optional<String> authenticated(@Nullable String authorization) {
        return PASSWORDS.entrySet().stream()
                .filter(entry -> basic(entry.getKey(), entry.getValue()).equals(authorization))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static Optional<String> last(String parameters, String name) {
        return Arrays.stream(parameters.split("&", -1))
                .filter(parameter -> parameter.startsWith(name + "="))
                .map(parameter -> URLDecoder.decode(parameter.substring(name.length() + 1), UTF_8))
                .reduce((first, second) -> second);
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
