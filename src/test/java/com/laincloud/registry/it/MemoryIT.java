package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What all processes of a server take together. */
@Alone
class MemoryIT {

    private static final long MEBIBYTE = 1 << 20;

    @Test
    void aServerThatRestsAgainTakesLittle() {
        try (RegistryServer server = RegistryServer.start(Map.of())) {
            RegistryClient client = new RegistryClient(server.uri());
            for (int i = 0; i < 300; i++) {
                client.pushBlob("memory/blob", new byte[10_000 + i]);
            }

            await().atMost(Duration.ofMinutes(3))
                    .during(Duration.ofSeconds(10))
                    .pollInterval(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(server.memory()).isLessThan(450 * MEBIBYTE));
        }
    }
}
