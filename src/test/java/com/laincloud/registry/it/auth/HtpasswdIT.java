package com.laincloud.registry.it.auth;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.auth.HtpasswdRegistry.PASSWORD;
import static com.laincloud.registry.it.auth.HtpasswdRegistry.USER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.it.Alone;
import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Alone
@ExtendWith(HtpasswdRegistry.Shared.class)
class HtpasswdIT {

    private final HtpasswdRegistry registry;
    private final RegistryClient frodo;

    HtpasswdIT(HtpasswdRegistry registry) {
        this.registry = registry;
        this.frodo = registry.with(USER, PASSWORD);
    }

    @Test
    void strangersAreAskedForAPassword() {
        for (RegistryClient stranger : new RegistryClient[] {
            registry.anonymous(), registry.with(USER, "wrong"), registry.with("gollum", PASSWORD), registry.with("", "")
        }) {
            HttpResponse<byte[]> answer = expect(401, stranger.get("/v2/"));

            assertThat(answer.headers().allValues("WWW-Authenticate")).containsExactly("Basic realm=\"The Shire\"");
            assertThat(errorCodes(answer)).containsExactly("UNAUTHORIZED");
            assertThat(header(answer, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
        }
        expect(200, registry.anonymous().get("/"));
        expect(200, registry.anonymous().get("/health"));
    }

    @Test
    void theContainerAnswersNothingOfItsOwnToStrangers() {
        for (String path : new String[] {"/metrics", "/metrics/base", "/openapi", "/openapi/", "/openapi/ui"}) {
            assertThat(registry.anonymous().get(path).statusCode()).as(path).isBetween(403, 404);
        }
    }

    @Test
    void whoKnowsAPasswordDoesEverythingAndIsNamedInTheRows() {
        Digest blob = frodo.pushBlob("htpasswd/pushed", "pushed".getBytes(UTF_8));
        expect(200, frodo.get("/v2/_catalog"));
        expect(202, frodo.delete("/v2/htpasswd/pushed/blobs/" + blob));

        assertThat(registry.server()
                        .sql("select actor, auth_method from audit.delete where repository = 'htpasswd/pushed'"))
                .containsPattern("frodo\\s*\\|\\s*htpasswd");
    }

    @Test
    void aPushOfFiftyRequestsCostsOneVerification() {
        expect(200, frodo.get("/v2/"));
        long start = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            expect(200, frodo.get("/v2/"));
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("fifty of them, each of which would take some 50 ms")
                .isLessThan(Duration.ofMillis(1500));
    }

    @Test
    void aChangedFileHoldsWithoutARestart() throws IOException {
        expect(401, registry.with("sam", "gamgee").get("/v2/"));
        registry.write(Map.of(USER, PASSWORD, "sam", "gamgee"));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> expect(200, registry.with("sam", "gamgee").get("/v2/")));

        registry.write(Map.of(USER, PASSWORD));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> expect(401, registry.with("sam", "gamgee").get("/v2/")));
        expect(200, frodo.get("/v2/"));
    }

    @Test
    void whoGuessesHasToWaitWhileOthersAreServed() throws Exception {
        expect(200, frodo.get("/v2/"));
        RegistryClient guesser = new RegistryClient(registry.server().uri(), "X-Forwarded-For", "203.0.113.99");
        try (ExecutorService guessing = Executors.newFixedThreadPool(8)) {
            Iterable<Future<Integer>> guesses = IntStream.range(0, 40)
                    .mapToObj(i -> guessing.submit(
                            () -> guesser.get("/v2/", "Authorization", TokenService.basic("gollum", "precious " + i))
                                    .statusCode()))
                    .toList();
            for (int i = 0; i < 20; i++) {
                expect(200, frodo.get("/v2/"));
            }
            for (Future<Integer> guess : guesses) {
                assertThat(guess.get()).isIn(401, 429);
            }
        }

        HttpResponse<byte[]> answer =
                expect(429, guesser.get("/v2/", "Authorization", TokenService.basic("gollum", "precious")));
        assertThat(errorCodes(answer)).containsExactly("TOOMANYREQUESTS");
        assertThat(Integer.parseInt(header(answer, "Retry-After"))).isBetween(1, 60);
        assertThat(registry.server().sql("""
                        select actor, reason, auth_method is null as unauthenticated, count(*) over () as rows
                        from audit.denied where host(client_address) = '203.0.113.99'"""))
                .containsPattern("gollum\\s*\\|\\s*wrong password\\s*\\|\\s*t(rue)?\\s*\\|\\s*1");
    }

    @Test
    void aFileThatCannotBeUsedStopsTheStartWithTheReason(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("htpasswd"), "no user at all\n");

        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> RegistryServer.start(
                        Map.of("REGISTRY_AUTH_HTPASSWD_REALM", "r", "REGISTRY_AUTH_HTPASSWD_PATH", file.toString())))
                .havingRootCause()
                .withMessageContaining("registry: auth.htpasswd.path: [" + file + "]: line 1 is no user and hash");
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> RegistryServer.start(
                        Map.of("REGISTRY_AUTH_HTPASSWD_REALM", "r", "REGISTRY_AUTH_HTPASSWD_PATH", "/nowhere")))
                .havingRootCause()
                .withMessageContaining(
                        "registry: auth.htpasswd.path: \"/nowhere\" from environment: must be a file that exists");
    }
}
