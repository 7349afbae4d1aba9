package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@Alone
class DatabaseFailureIT {

    private static final int READERS = 40;

    @Test
    void withoutItsDatabaseEverythingAnswers503AndOnceThatCanStartEverythingIsThere() throws Exception {
        try (RegistryServer server = RegistryServer.start()) {
            RegistryClient client = new RegistryClient(server.uri());
            Digest config = client.pushBlob("database/gone", "{}".getBytes(StandardCharsets.UTF_8));
            byte[] manifest = SampleManifests.image(config, 2);
            client.pushManifest("database/gone", "v1", SampleManifests.TYPE, manifest);

            Path control = server.root().resolve("postgresql/data/global/pg_control");
            Path away = Files.move(control, control.resolveSibling("pg_control.away"));
            server.killDatabase();

            for (String path : List.of("manifests/v1", "manifests/v1?plain=no", "blobs/" + config, "tags/list")) {
                HttpResponse<byte[]> answer =
                        expect(503, client.get("/v2/database/gone/" + path, "Accept", SampleManifests.TYPE));
                assertThat(errorCodes(answer)).containsExactly("UNAVAILABLE");
                assertThat(header(answer, "Retry-After")).isNotBlank();
            }
            expect(503, client.head("/v2/database/gone/blobs/" + config));
            expect(503, client.get("/health/ready"));

            Files.move(away, control);
            await().atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> expect(200, client.get("/v2/database/gone/manifests/v1")));
            assertThat(client.pullManifest("database/gone", "v1")).isEqualTo(manifest);
        }
    }

    @Test
    void aDatabaseThatHangsMakesRequestsFailInBoundedTimeAndIsUsedAgainOnceItGoesOn() throws Exception {
        try (RegistryServer server = RegistryServer.start();
                ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            RegistryClient client = new RegistryClient(server.uri());
            Digest config = client.pushBlob("database/hangs", "{}".getBytes(StandardCharsets.UTF_8));
            byte[] manifest = SampleManifests.image(config, 2);
            client.pushManifest("database/hangs", "v1", SampleManifests.TYPE, manifest);

            server.suspendDatabase();
            List<Future<HttpResponse<byte[]>>> answers = Stream.generate(() -> readers.submit(
                            () -> client.get("/v2/database/hangs/manifests/v1", "Accept", SampleManifests.TYPE)))
                    .limit(READERS)
                    .toList();
            for (Future<HttpResponse<byte[]>> answer : answers) {
                expect(503, answer.get(30, TimeUnit.SECONDS));
            }

            server.resumeDatabase();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> expect(200, client.get("/v2/database/hangs/manifests/v1")));
            assertThat(client.pullManifest("database/hangs", "v1")).isEqualTo(manifest);
        }
    }
}
