package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriver.Note;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedRegistryServer.class)
class HealthIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final RegistryClient client;
    private final RegistryServer server;

    HealthIT(RegistryClient client, RegistryServer server) {
        this.client = client;
        this.server = server;
    }

    @Test
    void theHealthTellsThatDatabaseAndStorageAreThere() {
        HttpResponse<byte[]> ready = expect(200, client.get("/health/ready"));

        assertThat(json(ready).getString("status")).isEqualTo("UP");
        assertThat(json(ready).getJsonArray("checks").getValuesAs(JsonObject.class))
                .extracting(check -> check.getString("name") + " " + check.getString("status"))
                .contains("database UP", "storage UP", "storage-identity UP");
        expect(200, client.get("/health"));
        expect(200, client.get("/health/live"));
    }

    @Test
    void aStorageThatIsAnotherOneByNowIsNotServedAndTheAnswerNamesBoth() throws Exception {
        String other = UUID.randomUUID().toString();
        long position = server.logPosition();
        try (StorageDriver storage = server.storage()) {
            String own = storage.note(Note.IDENTITY).orElseThrow();
            try {
                storage.write(Note.IDENTITY, other + "\n");
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(new String(
                                        expect(503, client.get("/health/ready")).body(), UTF_8))
                                .contains("the storage is the one of another database: its number is " + other
                                        + ", not " + own.strip()));
                server.loseIdentity();
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(new String(
                                        expect(503, client.get("/health/ready")).body(), UTF_8))
                                .contains("is its disk mounted?"));
            } finally {
                storage.write(Note.IDENTITY, own);
            }
        }
        await().atMost(SOON).untilAsserted(() -> expect(200, client.get("/health/ready")));
        assertThat(server.logSince(position))
                .filteredOn(line -> line.contains(other))
                .hasSize(1);
    }
}
