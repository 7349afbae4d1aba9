package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedRegistryServer.class)
class PullIT {

    /** A condition that holds, and sends a request the longer way. */
    private static final String[] CONDITION = {"If-None-Match", "\"nothing that there is\""};

    private static final int READERS = 8;

    private final RegistryClient client;

    PullIT(RegistryClient client) {
        this.client = client;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 100_000})
    void aPlainPullIsAnsweredAsOneWithAConditionThatHolds(int size) {
        byte[] content = new byte[size];
        Arrays.fill(content, (byte) size);
        Digest blob = client.pushBlob("pull/plain", content);
        byte[] manifest = SampleManifests.image(blob, size);
        client.pushManifest("pull/plain", "v" + size, SampleManifests.TYPE, manifest);

        for (String path : List.of("manifests/v" + size, "manifests/" + digest(manifest), "blobs/" + blob)) {
            for (String method : List.of("GET", "HEAD")) {
                HttpResponse<byte[]> plain = pull(method, "/v2/pull/plain/" + path);
                HttpResponse<byte[]> conditional = pull(method, "/v2/pull/plain/" + path, CONDITION);

                assertThat(plain.body()).as(method + " " + path).isEqualTo(conditional.body());
                assertThat(headers(plain)).as(method + " " + path).isEqualTo(headers(conditional));
            }
        }
    }

    @Test
    void whetherABlobIsMissingIsAnsweredWithoutABodyAlsoWhereThereIsNoRepository() {
        Digest missing = digest("what was never pushed".getBytes(StandardCharsets.UTF_8));
        client.pushBlob("pull/missing", new byte[] {1});

        for (String repository : List.of("pull/missing", "pull/nowhere")) {
            HttpResponse<byte[]> plain = expect(404, client.head("/v2/" + repository + "/blobs/" + missing));

            assertThat(plain.body()).isEmpty();
            assertThat(RegistryClient.header(plain, "Content-Type")).startsWith("application/json");
            expect(404, client.head("/v2/" + repository + "/blobs/" + missing, CONDITION));
        }
    }

    private HttpResponse<byte[]> pull(String method, String path, String... more) {
        List<String> headers = new ArrayList<>(List.of("Accept", SampleManifests.TYPE));
        headers.addAll(List.of(more));
        return expect(200, client.send(method, path, BodyPublishers.noBody(), headers.toArray(String[]::new)));
    }

    private static Map<String, List<String>> headers(HttpResponse<byte[]> response) {
        Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
        headers.keySet().removeAll(List.of("date", "x-request-id"));
        return headers;
    }

    @Test
    void aPullOfATagAfterAMoveWasAcknowledgedGetsTheNewManifestHoweverManyPullItMeanwhile() throws Exception {
        Digest config = client.pushBlob("pull/moving", "{}".getBytes(StandardCharsets.UTF_8));
        client.pushManifest("pull/moving", "latest", SampleManifests.TYPE, SampleManifests.image(config, 2, "first"));
        AtomicBoolean isMoving = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            List<Future<?>> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                readers.add(threads.submit(() -> {
                    while (isMoving.get()) {
                        pull("GET", "/v2/pull/moving/manifests/latest");
                    }
                }));
            }
            try {
                for (int move = 0; move < 100; move++) {
                    byte[] manifest = SampleManifests.image(config, 2, "move " + move);
                    client.pushManifest("pull/moving", "latest", SampleManifests.TYPE, manifest);

                    assertThat(pull("GET", "/v2/pull/moving/manifests/latest").body())
                            .isEqualTo(manifest);
                }
            } finally {
                isMoving.set(false);
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
    }
}
