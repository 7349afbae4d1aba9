package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.auth.TokenService.basic;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.bcrypt.BCrypt;

/**
 * The WAR by itself, on Payara Micro as it comes: {@code java -jar payara-micro.jar --deploy registry.war}. It runs on the one
 * that the project is built with, and on the next, of Jakarta EE 11. Each system property names a jar.
 */
class PayaraMicroIT {

    private static final String REPOSITORY = "plain/payara";
    private static final String SWITCHED_OFF = """
            set configs.config.server-config.microprofile-metrics-configuration.enabled=false
            set-openapi-configuration --enabled=false
            """;

    private final Path directory;
    private final Path log;
    private final int port = RegistryServer.freePort();

    PayaraMicroIT() throws IOException {
        directory = Files.createTempDirectory(
                "registry-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        log = Files.createDirectories(Path.of("target", "registry-logs"))
                .resolve(directory.getFileName() + "-payara-micro.log");
    }

    @AfterEach
    void deleteWhatWasStored() {
        DirectoryTree.delete(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"payara.micro", "payara.micro.next"})
    void theWarServesOnAPlainPayaraMicroAndTellsWhatOfItAsksForNoCredentials(String payara) throws Exception {
        byte[] config = "{}".getBytes(UTF_8);
        byte[] manifest = SampleManifests.image(digest(config), config.length);
        byte[] other = "no manifest refers to this".getBytes(UTF_8);
        RegistryClient stranger = client();
        RegistryClient frodo = client("Authorization", basic("frodo", "secret"));
        try (Server server = start(payara, guarded("REGISTRY_STORAGE_DELETE_ENABLED", "false"))) {
            awaitAnswer(server);
            Digest blob = frodo.pushBlob(REPOSITORY, config);
            frodo.pushBlobInPatches(REPOSITORY, other);
            frodo.pushManifest(REPOSITORY, "v1", SampleManifests.TYPE, manifest);
            frodo.pushManifest(REPOSITORY, "v2", SampleManifests.TYPE, manifest);
            expect(405, frodo.delete("/v2/" + REPOSITORY + "/blobs/" + blob)); // as the environment says
            expect(401, stranger.get("/v2/" + REPOSITORY + "/manifests/v1"));
            expect(200, stranger.get("/metrics"));
            expect(200, stranger.get("/openapi"));
            assertThat(warnings())
                    .singleElement()
                    .asString()
                    .contains("/metrics and /openapi", "--prebootcommandfile")
                    .contains(SWITCHED_OFF.lines().toList());
        }

        Path commands = Files.writeString(directory.resolve("preboot.asadmin"), SWITCHED_OFF);
        try (Server server = start(
                payara,
                guarded("REGISTRY_STORAGE_DELETE_ENABLED", "true"),
                "--prebootcommandfile",
                commands.toString())) {
            awaitAnswer(server);
            assertThat(frodo.pullManifest(REPOSITORY, "v1")).isEqualTo(manifest);
            assertThat(frodo.pullBlob(REPOSITORY, digest(config))).isEqualTo(config);
            expect(202, frodo.delete("/v2/" + REPOSITORY + "/manifests/v2"));
            expect(202, frodo.delete("/v2/" + REPOSITORY + "/blobs/" + digest(other)));
            assertThat(frodo.tags(REPOSITORY)).containsExactly("v1");
            expect(404, frodo.get("/v2/" + REPOSITORY + "/manifests/v2"));
            expect(404, frodo.get("/v2/" + REPOSITORY + "/blobs/" + digest(other)));
            expect(403, stranger.get("/metrics"));
            expect(403, stranger.get("/openapi"));
            assertThat(warnings()).hasSize(1); // that of the start before
        }
    }

    private Map<String, String> guarded(String name, String value) throws IOException {
        return Map.of(
                name,
                value,
                "REGISTRY_AUTH_HTPASSWD_REALM",
                "The Shire",
                "REGISTRY_AUTH_HTPASSWD_PATH",
                passwords().toString());
    }

    private Path passwords() throws IOException {
        return Files.writeString(
                directory.resolve("htpasswd"), "frodo:" + BCrypt.hashpw("secret", BCrypt.gensalt("$2y", 4)) + "\n");
    }

    private List<String> warnings() throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains("without credentials"))
                .toList();
    }

    private RegistryClient client(String... headers) {
        return new RegistryClient(URI.create("http://127.0.0.1:" + port + "/"), headers);
    }

    /** Starts the Payara Micro that a system property names. */
    private Server start(String payara, Map<String, String> environment, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                property(payara),
                "--deploy",
                property("registry.war"),
                "--contextroot",
                "/",
                "--port",
                Integer.toString(port),
                "--nohazelcast"));
        command.addAll(List.of(words));
        ProcessBuilder java = new ProcessBuilder(command);
        java.environment().keySet().removeIf(name -> name.startsWith("REGISTRY_"));
        java.environment()
                .put(
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                        directory.resolve("storage").toString());
        java.environment().putAll(environment);
        return new Server(java.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    private void awaitAnswer(Server server) {
        RegistryClient client = client();
        await("the registry to answer; see " + log)
                .atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .failFast("it has ended", () -> !server.process.isAlive())
                .until(() -> client.get("/v2/").statusCode(), List.of(200, 401)::contains);
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }

    private record Server(Process process) implements AutoCloseable {

        /** SIGTERM; returns when it has ended. */
        @Override
        public void close() {
            process.destroy();
            try {
                assertThat(process.waitFor(30, TimeUnit.SECONDS))
                        .as("it has ended after SIGTERM")
                        .isTrue();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
