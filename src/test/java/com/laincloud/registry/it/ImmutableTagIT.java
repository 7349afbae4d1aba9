package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tags that name one manifest alone, because a rule says so. */
class ImmutableTagIT {

    private static final int CLIENTS = 8;

    private static RegistryServer server;
    private static RegistryClient client;
    private static Digest config;

    @BeforeAll
    static void start() {
        server = RegistryServer.start(
                Map.of(
                        "REGISTRY_RETENTION_RULES",
                        "[{repositories: [prod/**], immutable: ['v*']}, {repositories: [prod/**], immutable: ['b*'], burn: true}]"));
        client = new RegistryClient(server.uri());
        config = client.pushBlob("prod/app", "{}".getBytes(UTF_8));
        client.pushBlob("test/app", "{}".getBytes(UTF_8));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] image(String name) {
        return SampleManifests.image(config, 2, name);
    }

    private static HttpResponse<byte[]> put(String reference, byte[] manifest) {
        return client.put("/v2/" + reference, manifest, "Content-Type", SampleManifests.TYPE);
    }

    private static void refused(HttpResponse<byte[]> answer) {
        assertThat(errorCodes(expect(409, answer))).containsExactly("TAG_IMMUTABLE");
    }

    @Test
    void aTagThatIsImmutableTakesTheSameManifestAgainAndNoOther() {
        expect(201, put("prod/app/manifests/v1", image("one")));
        expect(201, put("prod/app/manifests/v1", image("one")));

        HttpResponse<byte[]> other = put("prod/app/manifests/v1", image("two"));
        refused(other);
        assertThat(new String(other.body(), UTF_8)).contains("v1 names sha256:");
        refused(put("prod/app/manifests/" + digest(image("three")) + "?tag=free&tag=v1", image("three")));
        expect(404, client.head("/v2/prod/app/manifests/free"));
        expect(404, client.head("/v2/prod/app/manifests/" + digest(image("three"))));
        assertThat(client.pullManifest("prod/app", "v1")).isEqualTo(image("one"));

        for (String tag : List.of("prod/app/manifests/latest", "test/app/manifests/v1")) {
            expect(201, put(tag, image("one")));
            expect(201, put(tag, image("two")));
        }
    }

    @Test
    void aDeletedNameIsFreeUnlessItIsBurned() {
        expect(201, put("prod/app/manifests/v2", image("one")));
        expect(202, client.delete("/v2/prod/app/manifests/v2"));
        expect(201, put("prod/app/manifests/v2", image("two")));

        expect(201, put("prod/app/manifests/b2", image("one")));
        expect(202, client.delete("/v2/prod/app/manifests/b2"));
        refused(put("prod/app/manifests/b2", image("two")));
        expect(404, client.head("/v2/prod/app/manifests/b2"));
        expect(201, put("prod/app/manifests/b2", image("one")));
        refused(put("prod/app/manifests/b2", image("two")));
    }

    @Test
    void ofManyThatPutATagAtOnceOneSucceeds() throws Exception {
        for (int round = 0; round < 20; round++) {
            String tag = "prod/app/manifests/v-race-" + round;
            List<Integer> answers = atOnce(number -> put(tag, image("race " + number)));
            assertThat(answers.getFirst()).isEqualTo(201);
            assertThat(answers.subList(1, CLIENTS)).containsOnly(409);
        }
        assertThat(server.sql("select count(*) as moves from audit.tag_history where tag like 'v-race-%'"))
                .contains("20");
    }

    @Test
    void aBurnedNameThatIsDeletedWhileOthersPushItTakesNothingElse() throws Exception {
        for (int round = 0; round < 20; round++) {
            String tag = "prod/app/manifests/b-race-" + round;
            expect(201, put(tag, image("first")));
            List<Integer> answers =
                    atOnce(number -> number % 2 == 0 ? client.delete("/v2/" + tag) : put(tag, image("race " + number)));
            assertThat(answers).containsOnlyOnce(202).contains(404, 409).doesNotContain(201);
        }
    }

    /** The sorted statuses of what many clients are answered at once. */
    private static List<Integer> atOnce(IntFunction<HttpResponse<byte[]>> request) throws InterruptedException {
        List<Callable<Integer>> requests = IntStream.range(0, CLIENTS)
                .<Callable<Integer>>mapToObj(
                        number -> () -> request.apply(number).statusCode())
                .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            return threads.invokeAll(requests).stream()
                    .map(Future::resultNow)
                    .sorted()
                    .toList();
        }
    }
}
