package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedRegistryServer.class)
class ConditionalIT {

    private static final String TYPE = SampleManifests.TYPE;

    private final RegistryServer server;
    private final RegistryClient client;

    ConditionalIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    private byte[] image(String repository, String note) {
        Digest config = client.pushBlob(repository, "{}".getBytes(StandardCharsets.UTF_8));
        return SampleManifests.image(config, 2, note);
    }

    private HttpResponse<byte[]> put(String repository, String reference, byte[] manifest, String... condition) {
        List<String> headers = new ArrayList<>(List.of("Content-Type", TYPE));
        headers.addAll(List.of(condition));
        return client.put("/v2/" + repository + "/manifests/" + reference, manifest, headers.toArray(String[]::new));
    }

    private static String quoted(byte[] manifest) {
        return "\"" + digest(manifest) + "\"";
    }

    @Test
    void aTagMovesIfItIsWhatTheClientSaysAndStaysIfNot() {
        String repository = "conditional/moved";
        byte[] first = image(repository, "first");
        byte[] second = image(repository, "second");
        byte[] third = image(repository, "third");
        expect(201, put(repository, "latest", first));

        expect(201, put(repository, "latest", second, "If-Match", quoted(first)));
        HttpResponse<byte[]> refused = expect(412, put(repository, "latest", third, "If-Match", quoted(first)));

        assertThat(errorCodes(refused)).containsExactly("PRECONDITION_FAILED");
        assertThat(header(refused, "ETag")).isEqualTo(quoted(second));
        assertThat(client.pullManifest(repository, "latest")).isEqualTo(second);
        expect(404, client.get("/v2/" + repository + "/manifests/" + digest(third)));
        expect(201, put(repository, "latest", third, "If-Match", quoted(first) + ", " + quoted(second)));
    }

    @Test
    void aTagThatMustBeNewIsNotMoved() {
        String repository = "conditional/new";
        byte[] first = image(repository, "first");
        byte[] second = image(repository, "second");

        expect(201, put(repository, "v1", first, "If-None-Match", "*"));
        assertThat(errorCodes(expect(412, put(repository, "v1", second, "If-None-Match", "*"))))
                .containsExactly("PRECONDITION_FAILED");
        assertThat(errorCodes(expect(412, put(repository, "v1", first, "If-None-Match", "*"))))
                .containsExactly("PRECONDITION_FAILED");

        assertThat(client.pullManifest(repository, "v1")).isEqualTo(first);
        expect(404, client.get("/v2/" + repository + "/manifests/" + digest(second)));
    }

    @Test
    void aTagThatMustBeThereIsNotCreated() {
        String repository = "conditional/there";
        byte[] manifest = image(repository, "first");

        expect(412, put(repository, "v1", manifest, "If-Match", "*"));
        expect(412, put(repository, "v1", manifest, "If-Match", quoted(manifest)));

        assertThat(errorCodes(expect(404, client.get("/v2/" + repository + "/manifests/v1"))))
                .containsExactly("MANIFEST_UNKNOWN");
        expect(201, put(repository, "v1", manifest));
        expect(201, put(repository, "v1", manifest, "If-Match", "*"));
    }

    @Test
    void aConditionThatIsUnreadableHoldsForNothing() {
        String repository = "conditional/garbage";
        byte[] manifest = image(repository, "first");
        expect(201, put(repository, "v1", manifest));

        for (String garbage : List.of("\"\"", "sha256", ",,,", "\"sha256:00\"")) {
            expect(412, put(repository, "v1", manifest, "If-Match", garbage));
        }
    }

    @Test
    void aTagIsDeletedIfItIsWhatTheClientSays() {
        String repository = "conditional/deleted";
        byte[] first = image(repository, "first");
        byte[] second = image(repository, "second");
        expect(201, put(repository, "v1", second));
        String path = "/v2/" + repository + "/manifests/v1";

        assertThat(errorCodes(expect(412, client.delete(path, "If-Match", quoted(first)))))
                .containsExactly("PRECONDITION_FAILED");
        assertThat(client.tags(repository)).containsExactly("v1");
        expect(202, client.delete(path, "If-Match", quoted(second)));
        assertThat(client.tags(repository)).isEmpty();
        expect(404, client.delete(path, "If-Match", quoted(second)));
    }

    @Test
    void aManifestIsPutByItsDigestOnce() {
        String repository = "conditional/digest";
        byte[] manifest = image(repository, "first");

        expect(412, put(repository, digest(manifest).toString(), manifest, "If-Match", "*"));
        expect(201, put(repository, digest(manifest).toString(), manifest, "If-None-Match", "*"));
        expect(412, put(repository, digest(manifest).toString(), manifest, "If-None-Match", "*"));
        expect(412, client.delete("/v2/" + repository + "/manifests/" + digest(manifest), "If-Match", "\"other\""));
        expect(202, client.delete("/v2/" + repository + "/manifests/" + digest(manifest), "If-Match", "*"));
    }

    @Test
    void severalTagsAreMovedTogetherOrNotAtAll() {
        String repository = "conditional/several";
        byte[] first = image(repository, "first");
        byte[] second = image(repository, "second");
        expect(201, put(repository, "1.0", first));

        expect(412, put(repository, digest(second) + "?tag=1.1&tag=1.0&tag=1.2", second, "If-None-Match", "*"));

        assertThat(client.tags(repository)).containsExactly("1.0");
        assertThat(client.pullManifest(repository, "1.0")).isEqualTo(first);
        expect(404, client.get("/v2/" + repository + "/manifests/" + digest(second)));
    }

    /** No writer's move is lost: each one that was acknowledged began where another one had ended. */
    @Test
    void theAcknowledgedMovesOfSixteenWritersAreOneUnbrokenChain() throws Exception {
        String repository = "conditional/raced";
        Digest config = client.pushBlob(repository, "{}".getBytes(StandardCharsets.UTF_8));
        byte[] origin = SampleManifests.image(config, 2, "origin");
        expect(201, put(repository, "latest", origin));
        Map<String, String> acknowledged = new ConcurrentHashMap<>();
        AtomicInteger moves = new AtomicInteger();
        List<Future<?>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < 16; i++) {
                String writer = "writer " + i;
                writers.add(threads.submit(() -> {
                    String current = quoted(origin);
                    for (int round = 0; moves.get() < 1_000; round++) {
                        byte[] next = SampleManifests.image(config, 2, writer + " round " + round);
                        HttpResponse<byte[]> answer = put(repository, "latest", next, "If-Match", current);
                        if (answer.statusCode() == 201) {
                            moves.incrementAndGet();
                            assertThat(acknowledged.put(current, quoted(next))).isNull();
                            current = quoted(next);
                        } else {
                            current = header(expect(412, answer), "ETag");
                        }
                    }
                }));
            }
        }
        for (Future<?> writer : writers) {
            writer.get();
        }

        List<String> history = server.sql("select digest from audit.push where repository = '" + repository
                        + "' and tag = 'latest' order by id")
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("sha256:"))
                .map(digest -> '"' + digest + '"')
                .toList();
        assertThat(history).hasSize(moves.get() + 1).hasSizeGreaterThan(1_000);
        for (int i = 1; i < history.size(); i++) {
            assertThat(acknowledged).containsEntry(history.get(i - 1), history.get(i));
        }
        assertThat(server.sql("""
                select count(*) as broken
                from (select previous_digest, lag(digest) over (order by id) as before
                      from audit.push where repository = 'conditional/raced' and tag = 'latest') as move
                where previous_digest is distinct from before""")).containsPattern("(?m)^\\s*0\\s*$");
        assertThat(quoted(client.pullManifest(repository, "latest"))).isEqualTo(history.getLast());
    }
}
