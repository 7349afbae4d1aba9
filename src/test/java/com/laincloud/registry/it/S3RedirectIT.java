package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** A registry that sends its clients to the bucket for blobs. Each test has a blob of its own. */
@ExtendWith(VersityGateway.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3RedirectIT {

    private static final String EXCEPTED = "127.9.9.9";

    private final VersityGateway store;
    private final String bucket;
    private final RegistryServer server;
    private final RegistryClient client;

    S3RedirectIT(VersityGateway store) {
        this.store = store;
        this.bucket = store.bucket();
        this.server = RegistryServer.installed(store.environment(bucket));
        server.setEnvironment(
                "REGISTRY_STORAGE_S3_REDIRECTENDPOINT", clientsEndpoint().toString());
        server.setEnvironment("REGISTRY_STORAGE_REDIRECT_EXCEPTFROM", "[" + EXCEPTED + "]");
        server.setEnvironment("REGISTRY_HTTP_TRUSTEDPROXIES", "[127.0.0.1]");
        this.client = new RegistryClient(server.uri());
        server.startAgain();
    }

    @AfterAll
    void stopTheServer() {
        server.close();
    }

    private static byte[] content(int seed) {
        byte[] content = new byte[100_000];
        new Random(seed).nextBytes(content);
        return content;
    }

    /** The same store by another name. */
    private URI clientsEndpoint() {
        return URI.create("http://localhost:" + store.endpoint().getPort());
    }

    private static HttpResponse<byte[]> follow(URI address, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            return http.send(request.build(), BodyHandlers.ofByteArray());
        }
    }

    private String address(String blob, String... headers) {
        return expect(307, client.get(blob, headers))
                .headers()
                .firstValue("Location")
                .orElseThrow();
    }

    @Test
    void aClientIsSentToTheStoreForABlob() throws Exception {
        byte[] content = content(1);
        Digest digest = client.pushBlob("s3/one", content);
        String blob = "/v2/s3/one/blobs/" + digest;

        HttpResponse<byte[]> sent = expect(307, client.get(blob));
        assertThat(sent.body()).isEmpty();
        assertThat(sent.headers().firstValue("Docker-Content-Digest")).contains(digest.toString());
        assertThat(sent.headers().firstValue("Cache-Control")).isEmpty();
        assertThat(address(blob))
                .startsWith(clientsEndpoint().toString())
                .contains("X-Amz-Expires=1200", "X-Amz-SignedHeaders=host&")
                .doesNotContain(VersityGateway.SECRET_KEY);
        int before = store.requests(bucket).size();
        address(blob);
        assertThat(store.requests(bucket)).hasSize(before);

        HttpResponse<byte[]> whole = follow(server.uri().resolve(blob));
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.headers().firstValue("Content-Type")).contains("application/octet-stream");
        assertThat(whole.body()).isEqualTo(content);
        HttpResponse<byte[]> part = follow(server.uri().resolve(blob), "Range", "bytes=10-19");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(content, 10, 20));
    }

    @Test
    void whatTheStoreWouldAnswerOtherwiseIsAnsweredHere() {
        byte[] content = content(2);
        Digest digest = client.pushBlob("s3/one", content);
        String blob = "/v2/s3/one/blobs/" + digest;

        expect(200, client.head(blob));
        expect(304, client.get(blob, "If-None-Match", '"' + digest.toString() + '"'));
        expect(416, client.get(blob, "Range", "bytes=100000-"));
        assertThat(expect(200, client.get(blob, "Range", "bytes=x-y")).body()).isEqualTo(content);
        assertThat(expect(200, client.get(blob, "Range", "bytes=0-1,4-5")).body())
                .isEqualTo(content);
        assertThat(expect(206, client.get(blob, "Range", "bytes=0-1", "If-Range", '"' + digest.toString() + '"'))
                        .body())
                .isEqualTo(Arrays.copyOf(content, 2));
    }

    @Test
    void clientsThatDoNotReachTheStoreGetTheBytesFromHere() {
        byte[] content = content(3);
        Digest digest = client.pushBlob("s3/one", content);
        String blob = "/v2/s3/one/blobs/" + digest;

        expect(307, client.get(blob, "X-Forwarded-For", "127.9.9.8"));
        assertThat(expect(200, client.get(blob, "X-Forwarded-For", EXCEPTED)).body())
                .isEqualTo(content);
    }

    @Test
    void aBlobThatWasMissedIsNotRedirectedTo() {
        byte[] content = content(4);
        Digest digest = client.pushBlob("s3/one", content);
        String blob = "/v2/s3/one/blobs/" + digest;
        store.objects(bucket).stream()
                .filter(name -> name.contains("/objects/"))
                .forEach(object -> store.lose(bucket, object));
        expect(307, client.get(blob));
        expect(503, client.get(blob, "X-Forwarded-For", EXCEPTED));
        expect(503, client.get(blob));

        client.pushBlob("s3/one", content);
        expect(307, client.get(blob));
    }
}
