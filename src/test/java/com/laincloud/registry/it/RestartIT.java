package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RestartIT {

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
}
