package com.laincloud.registry.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.config.HostAndPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What clients do all day, done for some seconds to a server whose loaded classes and method profiles are kept: pushes and
 * pulls, of everything and several at once. What was not done here is compiled late when the server starts from the cache.
 */
final class Training {

    private static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final int CLIENTS = 4;
    private static final Duration TIME = Duration.ofSeconds(12);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;

    Training(HostAndPort address) {
        this.base = URI.create("http://" + address.host() + ":" + address.port() + "/v2/");
    }

    /** @throws LaunchException if the server does not answer as a registry does */
    void run() {
        long end = System.nanoTime() + TIME.toNanos();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                String repository = "training/repository-" + client;
                running.add(clients.submit(() -> pushAndPull(repository, end)));
            }
            for (Future<?> client : running) {
                client.get();
            }
        } catch (ExecutionException e) {
            throw new LaunchException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("interrupted", e);
        }
    }

    private void pushAndPull(String repository, long end) {
        for (int round = 0; System.nanoTime() < end; round++) {
            byte[] small = (repository + round).getBytes(UTF_8);
            byte[] layer = new byte[200_000];
            System.arraycopy(small, 0, layer, 0, small.length);
            String config = push(repository, small);
            String content = push(repository, layer);
            byte[] manifest = """
                    {"schemaVersion":2,"mediaType":"%s",
                     "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
                     "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":%d}]}""".formatted(MANIFEST_TYPE, config, small.length, content, layer.length)
                    .getBytes(UTF_8);
            request("PUT", repository + "/manifests/v" + round, BodyPublishers.ofByteArray(manifest), 201);
            for (int pull = 0; pull < 10; pull++) {
                for (String path : List.of("manifests/v" + round, "manifests/" + digest(manifest), "blobs/" + config)) {
                    request("HEAD", repository + "/" + path, BodyPublishers.noBody(), 200);
                    request("GET", repository + "/" + path, BodyPublishers.noBody(), 200);
                }
                request("GET", repository + "/blobs/" + content, BodyPublishers.noBody(), 200);
            }
            request("GET", repository + "/tags/list?n=100", BodyPublishers.noBody(), 200);
            request("GET", "_catalog?n=100", BodyPublishers.noBody(), 200);
        }
    }

    private String push(String repository, byte[] content) {
        String digest = digest(content);
        request("HEAD", repository + "/blobs/" + digest, BodyPublishers.noBody(), 404);
        String upload = request("POST", repository + "/blobs/uploads/", BodyPublishers.noBody(), 202)
                .headers()
                .firstValue("Location")
                .orElseThrow(() -> new LaunchException("training: an upload without a Location"));
        request("PATCH", upload, BodyPublishers.ofByteArray(content), 202);
        request("PUT", upload + "&digest=" + digest, BodyPublishers.noBody(), 201);
        return digest;
    }

    private HttpResponse<byte[]> request(String method, String path, BodyPublisher body, int expected) {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", path.contains("/manifests/") ? MANIFEST_TYPE : "application/octet-stream")
                .header("Accept", MANIFEST_TYPE)
                .method(method, body)
                .build();
        try {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            if (response.statusCode() != expected) {
                throw new LaunchException(
                        "training: " + method + " " + path + " answers " + response.statusCode() + ", not " + expected);
            }
            return response;
        } catch (IOException e) {
            throw new LaunchException("training: " + method + " " + path + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("interrupted", e);
        }
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java platform", e);
        }
    }
}
