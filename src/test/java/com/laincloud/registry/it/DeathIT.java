package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What dies is started again, and what ends leaves nothing running. */
@Alone
class DeathIT {

    @Test
    void aDatabaseThatDiesIsStartedAgainAndRequestsMeanwhileAreToldToComeBack() {
        try (RegistryServer server = RegistryServer.start(Map.of())) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] content = "kept".getBytes(StandardCharsets.UTF_8);
            Digest digest = client.pushBlob("death/database", content);

            server.killDatabase();

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                var answer = client.getBlob("death/database", digest);
                assertThat(answer.statusCode()).isIn(200, 503);
                if (answer.statusCode() == 503) {
                    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                }
                assertThat(answer.statusCode()).isEqualTo(200);
            });
            expect(201, client.post("/v2/death/database/blobs/uploads/?digest=" + digest, content));
        }
    }

    @Test
    void whenTheDrainRunsOutNoDatabaseIsLeft() throws Exception {
        try (RegistryServer server = RegistryServer.start(Map.of("REGISTRY_HTTP_DRAINTIMEOUT", "1s"));
                RawConnection upload = new RawConnection(server.uri())) {
            upload.send("PUT /v2/death/drain/manifests/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{");
            await().atMost(Duration.ofSeconds(20)).until(() -> server.databaseProcesses() > 0);

            server.process().destroy();

            assertThat(server.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
            await().atMost(Duration.ofSeconds(5)).until(() -> server.databaseProcesses() == 0);
        }
    }
}
