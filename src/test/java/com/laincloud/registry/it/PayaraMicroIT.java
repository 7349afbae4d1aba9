package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.expect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The WAR by itself, on Payara Micro as it comes: {@code java -jar payara-micro.jar --deploy registry.war}. */
class PayaraMicroIT {

    @Test
    void theWarServesOnAPlainPayaraMicroWithSettingsFromTheEnvironmentAndKeepsWhatWasPushed() throws Exception {
        Path directory = Files.createTempDirectory(
                "registry-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path log = Files.createDirectories(Path.of("target", "registry-logs"))
                .resolve(directory.getFileName() + "-payara-micro.log");
        int port = RegistryServer.freePort();
        RegistryClient client = new RegistryClient(URI.create("http://127.0.0.1:" + port + "/"));
        byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
        byte[] manifest = SampleManifests.image(digest(config), config.length);
        try {
            Process server = start(directory, port, log);
            try {
                awaitAnswer(client, server, log);
                Digest blob = client.pushBlob("plain/payara", config);
                client.pushManifest("plain/payara", "v1", SampleManifests.TYPE, manifest);
                expect(405, client.delete("/v2/plain/payara/blobs/" + blob)); // as the environment says
            } finally {
                stop(server);
            }
            Process again = start(directory, port, log);
            try {
                awaitAnswer(client, again, log);
                assertThat(client.pullManifest("plain/payara", "v1")).isEqualTo(manifest);
            } finally {
                stop(again);
            }
        } finally {
            DirectoryTree.delete(directory);
        }
    }

    private static Process start(Path directory, int port, Path log) throws IOException {
        ProcessBuilder java = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                property("payara.micro"),
                "--deploy",
                property("registry.war"),
                "--contextroot",
                "/",
                "--port",
                Integer.toString(port),
                "--nohazelcast"));
        java.environment().keySet().removeIf(name -> name.startsWith("REGISTRY_"));
        java.environment()
                .put(
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                        directory.resolve("storage").toString());
        java.environment().put("REGISTRY_STORAGE_DELETE_ENABLED", "false");
        return java.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }

    private static void awaitAnswer(RegistryClient client, Process server, Path log) {
        await("the registry to answer; see " + log)
                .atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .failFast("it has ended", () -> !server.isAlive())
                .untilAsserted(() -> expect(200, client.get("/v2/")));
    }

    private static void stop(Process server) throws InterruptedException {
        server.destroy();
        assertThat(server.waitFor(30, TimeUnit.SECONDS))
                .as("it has ended after SIGTERM")
                .isTrue();
    }
}
