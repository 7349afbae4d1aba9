package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A virtual machine that was paused while all blobs moved to another storage, and wakes up with the former one. */
class FrozenInstanceIT {

    @Test
    void whatIsPushedToAnInstanceThatSleptThroughAMoveIsRefusedAndTheOthersLoseNothing(@TempDir Path directory)
            throws Exception {
        Path moved = Files.writeString(
                directory.resolve("moved.yml"),
                "version: 0.1\nstorage: {filesystem: {rootdirectory: " + directory.resolve("moved") + "}}\n");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.startTemporary()) {
            ConnectionFacts facts = ConnectionFacts.read(postgres.directory());
            try (RegistryServer server = RegistryServer.start(Map.of(
                    "REGISTRY_DATABASE_URL",
                    facts.url(),
                    "REGISTRY_DATABASE_USERNAME",
                    ConnectionFacts.APPLICATION,
                    "REGISTRY_DATABASE_PASSWORD",
                    facts.password(),
                    "REGISTRY_DATABASE_OWNER_USERNAME",
                    ConnectionFacts.OWNER,
                    "REGISTRY_DATABASE_OWNER_PASSWORD",
                    facts.ownerPassword()))) {
                RegistryClient client = new RegistryClient(server.uri());
                byte[] before = "before".getBytes(UTF_8);
                Digest kept = client.pushBlob("frozen/app", before);
                byte[] after = "after".getBytes(UTF_8);
                Digest digest = RegistryClient.digest(after);

                server.suspend();
                try (Connection owner = ConfiguredDataSource.of(
                                facts.url(), ConnectionFacts.OWNER, facts.ownerPassword())
                        .getConnection()) {
                    Rows.update(owner, "update registry.instance set seen_at = seen_at - interval '1 minute'");
                }
                Process migration = server.command("migrate", "--to", moved.toString(), "--finish")
                        .redirectErrorStream(true)
                        .start();
                String output = new String(migration.getInputStream().readAllBytes(), UTF_8);
                assertThat(migration.waitFor()).as(output).isZero();
                server.resume();

                HttpResponse<byte[]> refused =
                        expect(503, client.put(withDigest(client.startUpload("frozen/app"), digest), after));
                assertThat(errorCodes(refused)).containsExactly("UNAVAILABLE");
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                assertThat(server.logSince(0))
                        .anyMatch(line -> line.contains("all blobs were moved to another storage by registry migrate:"
                                + " start with the one that says that it is "));
                await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> expect(503, client.get("/health/ready")));

                server.terminate();
                server.setEnvironment("REGISTRY_STORAGE", "filesystem");
                server.setEnvironment(
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                        directory.resolve("moved").toString());
                server.startAgain();
                expect(404, client.head("/v2/frozen/app/blobs/" + digest));
                client.pushBlob("frozen/app", after);
                assertThat(client.pullBlob("frozen/app", digest)).isEqualTo(after);
                assertThat(client.pullBlob("frozen/app", kept)).isEqualTo(before);
            }
        }
    }
}
