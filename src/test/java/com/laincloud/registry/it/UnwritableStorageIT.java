package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A disk that is remounted read-only while the registry serves from it, as Linux does by itself when a disk fails. */
class UnwritableStorageIT {

    @Test
    void aRootThatBecomesUnwritableIsToldAndServedFromAndUsedAgainOnceItIsWritable() throws Exception {
        Path database = databaseDirectory();
        try (RegistryServer server = start(database, Map.of())) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] kept = "kept".getBytes(UTF_8);
            Digest digest = client.pushBlob("unwritable/root", kept);
            byte[] next = "what comes next".getBytes(UTF_8);
            String upload = client.startUpload("unwritable/root");

            remount(server, "ro");

            assertThat(errorCodes(expect(503, client.patch(upload, next)))).containsExactly("UNAVAILABLE");
            assertThat(errorCodes(expect(503, client.put(withDigest(upload, RegistryClient.digest(next)), next))))
                    .containsExactly("UNAVAILABLE");
            await().untilAsserted(() -> expect(503, client.get("/health/ready")));
            expect(200, client.get("/health/live"));
            assertThat(client.pullBlob("unwritable/root", digest)).isEqualTo(kept);

            remount(server, "rw");

            await().untilAsserted(() -> expect(200, client.get("/health/ready")));
            expect(201, client.put(withDigest(upload, RegistryClient.digest(next)), next));
            assertThat(client.pullBlob("unwritable/root", RegistryClient.digest(next)))
                    .isEqualTo(next);
        } finally {
            DirectoryTree.delete(database);
        }
    }

    @Test
    void aCollectionDeletesNoBytesWhereItCannotAndSaysSo() throws Exception {
        Path database = databaseDirectory();
        try (RegistryServer server =
                start(database, Map.of("REGISTRY_GC_INTERVAL", "1s", "REGISTRY_GC_BLOBS_AFTER", "10s"))) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] kept = "kept".getBytes(UTF_8);
            Digest digest = client.pushBlob("unwritable/kept", kept);
            client.pushManifest(
                    "unwritable/kept", "v1", SampleManifests.TYPE, SampleManifests.image(digest, kept.length));
            Digest unused = client.pushBlob("unwritable/collected", "unused".getBytes(UTF_8));
            remount(server, "ro");

            await("the collection to say so")
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofSeconds(1)) // a process each time
                    .until(() -> server.sql(
                                    "select max(result) as said from audit.job_run where job = 'garbage-collection'"
                                            + " and result like '%could not be'")
                            .contains("0 files deleted, 1 could not be"));

            assertThat(server.logSince(0))
                    .anyMatch(line -> line.contains(unused.encoded()) && line.contains("cannot be deleted"));
            assertThat(stored(server)).anyMatch(file -> file.contains(unused.encoded()));
            assertThat(client.pullBlob("unwritable/kept", digest)).isEqualTo(kept);
        } finally {
            DirectoryTree.delete(database);
        }
    }

    private static Path databaseDirectory() throws IOException {
        return Files.createTempDirectory(
                "database-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    /** Its layers lie on a small disk of their own, its database does not. */
    private static RegistryServer start(Path database, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("REGISTRY_STORAGE_FILESYSTEM_RESERVEDBYTES", "0");
        environment.put(
                "REGISTRY_DATABASE_DIRECTORY", database.resolve("postgresql").toString());
        return RegistryServer.startOnDiskOf("64m", environment);
    }

    private static List<String> stored(RegistryServer server) throws IOException {
        try (Stream<Path> files = Files.walk(server.disk().resolve("docker/registry/v2/blobs"))) {
            return files.map(Path::toString).toList();
        }
    }

    private static void remount(RegistryServer server, String how) throws IOException, InterruptedException {
        Process mount = new ProcessBuilder(
                        "nsenter",
                        "--target=" + server.process().pid(),
                        "--user",
                        "--mount",
                        "--preserve-credentials",
                        "mount",
                        "-o",
                        "remount," + how,
                        server.root().toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(mount.getInputStream().readAllBytes(), UTF_8);
        assertThat(mount.waitFor()).as(output).isZero();
    }
}
