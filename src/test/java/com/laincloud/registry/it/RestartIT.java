package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.io.IOException;
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
