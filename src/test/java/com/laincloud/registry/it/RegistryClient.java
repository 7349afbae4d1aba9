package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A client of the registry's HTTP API for tests: single requests whose answers the test judges ({@code get} … {@code
 * delete}), and the protocol's flows ({@code pushBlob} …), which fail unless every step is answered as the specification
 * says. Paths start at the root, {@code /v2/…}; headers are names and values in turn. Redirects are not followed.
 */
public final class RegistryClient {

    private static final String OCTET_STREAM = "application/octet-stream";

    private final URI base;
    private final HttpClient http;
    private final String[] commonHeaders;

    /** A client that sends {@code commonHeaders} with every request. */
    public RegistryClient(URI base, String... commonHeaders) {
        this.base = base;
        this.commonHeaders = commonHeaders.clone();
        this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    public HttpResponse<byte[]> get(String path, String... headers) {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    public HttpResponse<byte[]> head(String path, String... headers) {
        return send("HEAD", path, BodyPublishers.noBody(), headers);
    }

    public HttpResponse<byte[]> delete(String path, String... headers) {
        return send("DELETE", path, BodyPublishers.noBody(), headers);
    }

    public HttpResponse<byte[]> post(String path, byte[] body, String... headers) {
        return send("POST", path, BodyPublishers.ofByteArray(body), headers);
    }

    public HttpResponse<byte[]> post(String path) {
        return post(path, new byte[0]);
    }

    public HttpResponse<byte[]> put(String path, byte[] body, String... headers) {
        return send("PUT", path, BodyPublishers.ofByteArray(body), headers);
    }

    public HttpResponse<byte[]> patch(String path, byte[] body, String... headers) {
        return send("PATCH", path, BodyPublishers.ofByteArray(body), headers);
    }

    /** Any request; {@code path} may also be an absolute {@code Location} that the registry gave. */
    public HttpResponse<byte[]> send(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path)).method(method, body).timeout(Duration.ofMinutes(2));
        if (commonHeaders.length > 0) {
            request.headers(commonHeaders);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts an upload and gives where it goes on, as the registry's {@code Location} says. */
    public String startUpload(String repository) {
        return location(expect(202, post("/v2/" + repository + "/blobs/uploads/")));
    }

    /** Pushes a blob in two requests, POST and PUT, and gives its sha256 digest. */
    public Digest pushBlob(String repository, byte[] content) {
        Digest digest = digest(content);
        expect(201, put(withDigest(startUpload(repository), digest), content, "Content-Type", OCTET_STREAM));
        return digest;
    }

    /** Pushes a blob as docker does, POST, one PATCH and an empty PUT, and gives its sha256 digest. */
    public Digest pushBlobInPatches(String repository, byte[] content) {
        Digest digest = digest(content);
        completeUpload(patchUpload(startUpload(repository), content), digest);
        return digest;
    }

    /** Appends to the upload at {@code location} without saying where, and gives where it goes on. */
    public String patchUpload(String location, byte[] content) {
        return location(expect(202, patch(location, content, "Content-Type", OCTET_STREAM)));
    }

    /** Completes the upload at {@code location}, which has all bytes of {@code digest}. */
    public void completeUpload(String location, Digest digest) {
        expect(201, put(withDigest(location, digest), new byte[0]));
    }

    /** Puts a manifest under a tag or its own digest, and gives its sha256 digest. */
    public Digest pushManifest(String repository, String reference, String mediaType, byte[] manifest) {
        HttpResponse<byte[]> response =
                expect(201, put("/v2/" + repository + "/manifests/" + reference, manifest, "Content-Type", mediaType));
        Digest digest = digest(manifest);
        assertThat(header(response, "Docker-Content-Digest")).isEqualTo(digest.toString());
        return digest;
    }

    /** The content of a blob, which must hash to {@code digest}. */
    public byte[] pullBlob(String repository, Digest digest) {
        byte[] content = expect(200, getBlob(repository, digest)).body();
        assertThat(Digest.of(digest.algorithm(), content)).isEqualTo(digest);
        return content;
    }

    /** The answer to a request for a blob: the store's, where the registry sends clients there. */
    HttpResponse<byte[]> getBlob(String repository, Digest digest) {
        HttpResponse<byte[]> answer = get("/v2/" + repository + "/blobs/" + digest);
        return answer.statusCode() == 307 ? get(location(answer)) : answer;
    }

    /** The payload of a manifest of any known media type, which must hash to the digest its answer names. */
    public byte[] pullManifest(String repository, String reference) {
        HttpResponse<byte[]> response = expect(
                200,
                get(
                        "/v2/" + repository + "/manifests/" + reference,
                        "Accept",
                        String.join(
                                ", ",
                                MediaTypes.OCI_MANIFEST,
                                MediaTypes.OCI_INDEX,
                                MediaTypes.DOCKER_MANIFEST,
                                MediaTypes.DOCKER_MANIFEST_LIST)));
        assertThat(header(response, "Docker-Content-Digest"))
                .isEqualTo(digest(response.body()).toString());
        return response.body();
    }

    /** All tags of a repository, over as many pages as the registry makes of them. */
    public List<String> tags(String repository) {
        List<String> tags = new ArrayList<>();
        Optional<String> page = Optional.of("/v2/" + repository + "/tags/list");
        while (page.isPresent()) {
            HttpResponse<byte[]> response = expect(200, get(page.get()));
            json(response).getJsonArray("tags").getValuesAs(JsonString.class).stream()
                    .map(JsonString::getString)
                    .forEach(tags::add);
            page = nextPage(response);
        }
        return tags;
    }

    /** Where the answer says the next page of a listing is, if there is one. */
    public static Optional<String> nextPage(HttpResponse<byte[]> response) {
        return response.headers()
                .firstValue("Link")
                .filter(link -> link.endsWith("rel=\"next\""))
                .map(link -> link.substring(link.indexOf('<') + 1, link.indexOf('>')));
    }

    /** The answer, if it has this status; otherwise a failure that shows its body. */
    public static HttpResponse<byte[]> expect(int status, HttpResponse<byte[]> response) {
        if (response.statusCode() != status) {
            throw new UnexpectedAnswerError(status, response);
        }
        return response;
    }

    /** The codes of a specification error body, which the answer must have. */
    public static List<String> errorCodes(HttpResponse<byte[]> response) {
        return json(response).getJsonArray("errors").getValuesAs(JsonObject.class).stream()
                .map(error -> error.getString("code"))
                .toList();
    }

    /** The body as a JSON object. */
    public static JsonObject json(HttpResponse<byte[]> response) {
        try (JsonReader reader = Json.createReader(new ByteArrayInputStream(response.body()))) {
            return reader.readObject();
        }
    }

    /** A header that the answer must have. */
    public static String header(HttpResponse<byte[]> response, String name) {
        assertThat(response.headers().firstValue(name)).as(name).isPresent();
        return response.headers().firstValue(name).orElseThrow();
    }

    /** Where an upload goes on. */
    public static String location(HttpResponse<byte[]> response) {
        return header(response, "Location");
    }

    /** The place that completes the upload at {@code location} as {@code digest}. */
    public static String withDigest(String location, Digest digest) {
        return location + (location.contains("?") ? "&" : "?") + "digest=" + digest;
    }

    /** The sha256 digest of {@code content}. */
    public static Digest digest(byte[] content) {
        return Digest.of(DigestAlgorithm.SHA256, content);
    }
}
