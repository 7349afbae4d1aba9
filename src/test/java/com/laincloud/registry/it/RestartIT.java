package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

@Alone
class RestartIT {

    @Test
    void thePortAnswersNothingUntilTheRegistryAnswersAll() throws InterruptedException {
        try (RegistryServer server = RegistryServer.installed(Map.of())) {
            Set<String> answers = ConcurrentHashMap.newKeySet();
            AtomicBoolean isStarted = new AtomicBoolean();
            Thread asking = Thread.ofPlatform().start(() -> {
                while (!isStarted.get()) {
                    for (String path : List.of("v2/", "health", "health/ready", "v2/a/tags/list")) {
                        answer(server.uri().resolve(path)).ifPresent(answers::add);
                    }
                }
            });

            server.startAgain();
            isStarted.set(true);
            asking.join();

            assertThat(answers)
                    .isSubsetOf("/v2/ 200", "/health 200", "/health/ready 200", "/v2/a/tags/list 404 application/json");
            assertThat(answer(server.uri().resolve("health"))).hasValue("/health 200");
        }
    }

    private static Optional<String> answer(URI uri) {
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            int status = connection.getResponseCode();
            return Optional.of(uri.getPath() + " " + status + (status < 400 ? "" : " " + connection.getContentType()));
        } catch (IOException e) {
            return Optional.empty(); // it does not listen yet
        }
    }

    @Test
    void sigtermEndsTheServerWithinTenSecondsAndTheNextStartServesWhatWasPushed() {
        try (RegistryServer server = RegistryServer.start()) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] content = "kept over a restart".getBytes(StandardCharsets.UTF_8);
            Digest digest = client.pushBlob("restart/test", content);

            Instant signalled = Instant.now();
            server.terminate();
            assertThat(Duration.between(signalled, Instant.now())).isLessThan(Duration.ofSeconds(10));

            server.startAgain();
            assertThat(client.pullBlob("restart/test", digest)).isEqualTo(content);
        }
    }

    /** A client that keeps its connections learns by an answer that this one is at its end, and not by losing a request. */
    @Test
    void eachRequestOnAConnectionThatIsKeptIsAnsweredWhenTheServerStops() throws InterruptedException {
        int clients = 8;
        Map<String, Integer> lasts = new ConcurrentHashMap<>();
        try (RegistryServer server = RegistryServer.start();
                ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            CountDownLatch begun = new CountDownLatch(clients);
            for (int i = 0; i < clients; i++) {
                threads.execute(() -> lasts.merge(lastAnswer(server.uri(), begun), 1, Integer::sum));
            }
            begun.await();
            Instant signalled = Instant.now();
            server.terminate();
            assertThat(Duration.between(signalled, Instant.now()))
                    .isLessThan(Duration.ofSeconds(6)); // none kept it busy
        }

        assertThat(lasts).isEqualTo(Map.of("an answer that closes the connection", clients));
    }

    /** Asks on one connection as long as it is answered. */
    private static String lastAnswer(URI server, CountDownLatch begun) {
        try (RawConnection connection = new RawConnection(server)) {
            while (true) {
                RawConnection.Answer answer = connection
                        .send("GET /v2/ HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n\r\n")
                        .answer();
                begun.countDown();
                if (answer.status() != 200
                        && (answer.status() != 503
                                || answer.header("Retry-After").isEmpty())) {
                    return answer.toString();
                }
                if (answer.header("Connection").filter("close"::equals).isPresent()) {
                    return "an answer that closes the connection";
                }
            }
        } catch (UncheckedIOException e) {
            return "no answer: " + e.getMessage();
        }
    }

    /** Some filesystems forget a rename in a loss of power, unless the directory that it changed was forced. */
    @Test
    void aDatabaseThatHasTheNameOfItsMakingAgainIsNotMadeAnew() throws IOException {
        try (RegistryServer server = RegistryServer.start()) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] content = "kept over a lost rename".getBytes(StandardCharsets.UTF_8);
            Digest digest = client.pushBlob("restart/renamed", content);
            server.terminate();
            Path database = server.root().resolve("postgresql");
            Files.move(database.resolve("data"), database.resolve("data.new"));

            server.startAgain();

            assertThat(client.pullBlob("restart/renamed", digest)).isEqualTo(content);
        }
    }
}
