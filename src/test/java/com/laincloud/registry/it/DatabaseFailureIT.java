package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseFailureIT {

    @Test
    void withoutItsDatabaseEverythingAnswers503AndAfterARestartEverythingIsThere() {
        try (RegistryServer server = RegistryServer.start()) {
            RegistryClient client = new RegistryClient(server.uri());
            Digest config = client.pushBlob("database/gone", "{}".getBytes(StandardCharsets.UTF_8));
            byte[] manifest = SampleManifests.image(config, 2);
            client.pushManifest("database/gone", "v1", SampleManifests.TYPE, manifest);

            server.killDatabase();

            for (String path : List.of("manifests/v1", "manifests/v1?plain=no", "blobs/" + config, "tags/list")) {
                HttpResponse<byte[]> answer =
                        expect(503, client.get("/v2/database/gone/" + path, "Accept", SampleManifests.TYPE));
                assertThat(errorCodes(answer)).containsExactly("UNAVAILABLE");
                assertThat(header(answer, "Retry-After")).isNotBlank();
            }
            expect(503, client.head("/v2/database/gone/blobs/" + config));
            expect(503, client.get("/health/ready"));

            server.restart();
            assertThat(client.pullManifest("database/gone", "v1")).isEqualTo(manifest);
        }
    }
}
