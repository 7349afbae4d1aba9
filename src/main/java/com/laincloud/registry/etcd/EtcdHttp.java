package com.laincloud.registry.etcd;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests to whichever endpoint of a cluster answers: the one that answered last is asked first. */
final class EtcdHttp implements AutoCloseable {

    private final EtcdCluster cluster;
    private final HttpClient http;
    private final AtomicInteger preferred = new AtomicInteger();

    EtcdHttp(EtcdCluster cluster) {
        this.cluster = cluster;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        if (cluster.endpoints().stream().anyMatch(endpoint -> "https".equals(endpoint.getScheme()))) {
            builder.sslContext(cluster.tls().context());
        }
        this.http = builder.build();
    }

    /**
     * What an endpoint says to a {@code GET}, whatever its status.
     *
     * @param target path and query
     * @throws EtcdException if none answers within the limit
     */
    Answer get(String target, Duration limit) {
        Instant end = Instant.now().plus(limit);
        List<URI> endpoints = cluster.endpoints();
        int first = preferred.get();
        String fault = "";
        for (int tried = 0; tried < endpoints.size(); tried++) {
            int number = (first + tried) % endpoints.size();
            URI endpoint = endpoints.get(number);
            Duration share = Duration.between(Instant.now(), end).dividedBy(endpoints.size() - tried);
            Exchange exchange = send(endpoint, target);
            try {
                Answer received = exchange.await(share);
                if (received.status() < 500) {
                    preferred.set(number);
                    return received;
                }
                fault = endpoint + ": " + received.fault();
            } catch (TimeoutException e) {
                fault = endpoint + ": no answer within " + share.toMillis() + " ms";
            } catch (ExecutionException e) {
                fault = endpoint + ": " + EtcdException.fault(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EtcdException("interrupted", e);
            } finally {
                exchange.cancel();
            }
        }
        throw new EtcdException(fault);
    }

    /** As {@link #get}, but of the endpoint that answered last, and without waiting. */
    Exchange ask(String target) {
        return send(cluster.endpoints().get(preferred.get()), target);
    }

    private Exchange send(URI endpoint, String target) {
        String base = endpoint.toString().replaceAll("/+$", "");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + target));
        cluster.login().ifPresent(login -> request.header("Authorization", basic(login)));
        // not HttpRequest's own time-out, which ends with the headers: etcd sends them long before the body
        return new Exchange(
                http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)), base);
    }

    private static String basic(EtcdCluster.Login login) {
        byte[] words = (login.username() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(words);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** A request whose answer may take its time. */
    record Exchange(CompletableFuture<HttpResponse<String>> response, String endpoint) {

        Answer await(Duration limit) throws ExecutionException, InterruptedException, TimeoutException {
            HttpResponse<String> received = response.get(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
            return new Answer(
                    endpoint,
                    received.statusCode(),
                    received.headers().firstValueAsLong("X-Etcd-Index").orElse(0),
                    received.headers().firstValue("X-Etcd-Cluster-Id").orElse(""),
                    received.body());
        }

        /** Ends the request, whatever has come of it. */
        void cancel() {
            response.cancel(true);
        }
    }

    /** What an endpoint said. */
    record Answer(String endpoint, int status, long index, String cluster, String body) {

        JsonObject json() {
            try (JsonReader reader = Json.createReader(new StringReader(body))) {
                return reader.readObject();
            }
        }

        String fault() {
            String text = body.strip().replaceAll("\\s+", " ");
            return "status " + status + " " + text.substring(0, Math.min(text.length(), 200));
        }
    }
}
