package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.it.RawConnection.Answer;
import com.laincloud.registry.oci.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A process that may open few files serves as many clients as it can, and says so. */
@Alone
class DescriptorIT {

    private static final int CLIENTS = 300;

    @Test
    void whoDoesNotFitIsToldToComeBackAndNothingFails() {
        try (RegistryServer server = RegistryServer.installedWithDescriptors(600)) {
            server.startAgain();
            RegistryClient client = new RegistryClient(server.uri());
            Digest digest = client.pushBlob("descriptor/slow", new byte[30 << 20]);
            String request = "GET /v2/descriptor/slow/blobs/" + digest + " HTTP/1.1\r\nHost: a\r\n\r\n";
            assertThat(server.logSince(0)).anyMatch(line -> line.startsWith("ulimit -n is 600: no more than "));
            List<RawConnection> readers = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    RawConnection reader = new RawConnection(server.uri());
                    readers.add(reader);
                    reader.send(request);
                }
                Answer last = readers.getLast().answer();
                assertThat(last.status()).isEqualTo(503);
                assertThat(last.header("Retry-After")).contains("5");
                // those who are served go on to be
                assertThat(server.openFiles("blobs")).isGreaterThan(16);
            } finally {
                readers.forEach(RawConnection::close);
            }
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .untilAsserted(() -> expect(200, client.get("/v2/")));
            for (int i = 0; i < 30; i++) {
                expect(200, client.get("/v2/descriptor/slow/blobs/" + digest));
            }
            assertThat(server.logSince(0)).noneMatch(line -> line.contains("status=500") || line.contains("Z error "));
        }
    }

    @Test
    void withTooFewForAnyoneItDoesNotStartAndSaysWhatItNeeds() {
        for (int few : new int[] {450, 500}) {
            try (RegistryServer server = RegistryServer.installedWithDescriptors(few)) {
                assertThatThrownBy(server::startAgain);
                assertThat(server.logSince(0))
                        .anyMatch(line -> line.matches(".*ulimit -n is " + few + ": at least \\d+ are needed.*"));
            }
        }
    }
}
