package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedRegistryServer.class)
class HealthIT {

    private final RegistryClient client;

    HealthIT(RegistryClient client) {
        this.client = client;
    }

    @Test
    void theHealthTellsThatDatabaseAndStorageAreThere() {
        HttpResponse<byte[]> ready = expect(200, client.get("/health/ready"));

        assertThat(json(ready).getString("status")).isEqualTo("UP");
        assertThat(json(ready).getJsonArray("checks").getValuesAs(JsonObject.class))
                .extracting(check -> check.getString("name") + " " + check.getString("status"))
                .contains("database UP", "storage UP");
        expect(200, client.get("/health"));
        expect(200, client.get("/health/live"));
    }
}
