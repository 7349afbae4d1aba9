package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.location;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@Alone
class UploadPurgeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static RegistryServer start(String enabled, String dryRun) {
        return RegistryServer.start(Map.of(
                "REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_ENABLED",
                enabled,
                "REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_AGE",
                "4s",
                "REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_INTERVAL",
                "500ms",
                "REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_DRYRUN",
                dryRun));
    }

    private static Path uploads(RegistryServer server) {
        return server.root().resolve(Path.of("docker", "registry", "v2", "uploads"));
    }

    /** Bytes that a server left that crashed after the row was gone. */
    private static Path leavings(RegistryServer server) throws IOException {
        Path directory = uploads(server).resolve(UUID.randomUUID().toString());
        Files.createDirectories(directory);
        Files.write(directory.resolve("0"), new byte[1_000]);
        FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
        Files.setLastModifiedTime(directory.resolve("0"), longAgo);
        Files.setLastModifiedTime(directory, longAgo);
        return directory;
    }

    @Test
    void anAbandonedUploadIsEndedAndLeavesNothingAndOneThatIsBeingWrittenGoesOn() throws Exception {
        try (RegistryServer server = start("true", "false")) {
            RegistryClient client = new RegistryClient(server.uri());
            HttpResponse<byte[]> opened = expect(202, client.post("/v2/purged/blobs/uploads/"));
            String abandoned = client.patchUpload(location(opened), new byte[100_000]);
            Path bytes = uploads(server).resolve(header(opened, "Docker-Upload-UUID"));
            assertThat(bytes).isDirectory();
            Path leavings = leavings(server);

            byte[] content = new byte[24];
            Arrays.fill(content, (byte) 'x');
            Digest digest = digest(content);
            URI written = server.uri().resolve(client.startUpload("purged"));
            try (RawConnection connection = new RawConnection(server.uri())) {
                connection.send("PUT " + written.getRawPath() + "?digest=" + digest
                        + " HTTP/1.1\r\nHost: a\r\nContent-Length: 24\r\n\r\n");
                for (int i = 0; i < content.length; i++) {
                    connection.send("x");
                    Thread.sleep(500); // the client is slow: it needs three times the age at which sessions are ended
                }
                assertThat(connection.answer().status()).isEqualTo(201);
            }
            assertThat(client.pullBlob("purged", digest)).isEqualTo(content);

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(errorCodes(expect(404, client.get(abandoned)))).containsExactly("BLOB_UPLOAD_UNKNOWN");
                assertThat(bytes).doesNotExist();
                assertThat(leavings).doesNotExist();
            });
            assertThat(errorCodes(expect(404, client.patch(abandoned, new byte[1]))))
                    .containsExactly("BLOB_UPLOAD_UNKNOWN");
        }
    }

    @Test
    void aDryRunSaysWhatItWouldEndAndEndsNothing() throws Exception {
        try (RegistryServer server = start("true", "true")) {
            RegistryClient client = new RegistryClient(server.uri());
            HttpResponse<byte[]> opened = expect(202, client.post("/v2/kept/blobs/uploads/"));
            Path leavings = leavings(server);
            long position = server.logPosition();

            String upload = header(opened, "Docker-Upload-UUID");
            await().atMost(PATIENCE)
                    .until(() -> server.logSince(position).stream()
                            .anyMatch(line -> line.contains("dry run") && line.contains(upload)));

            expect(204, client.get(location(opened)));
            assertThat(leavings).isDirectory();
        }
    }
}
