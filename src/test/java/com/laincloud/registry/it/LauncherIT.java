package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code payara/registry} does at the command line; above all, how it refuses to start. */
class LauncherIT {

    private static final int UNUSED_PORT = 1;

    @TempDir
    private Path directory;

    @Test
    void theVersionIsPrinted() {
        assertThat(RegistryCommand.run(Map.of(), "version").output())
                .singleElement()
                .asString()
                .matches("registry \\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void theHelpNamesEveryCommand() {
        assertThat(String.join("\n", RegistryCommand.run(Map.of(), "--help").output()))
                .contains("registry serve", "registry import [DIR] [--verify]", "registry sql", "registry version");
    }

    @Test
    void aCommandThatThereIsNotIsRefused() {
        assertThat(RegistryCommand.run(Map.of(), "brew").refusal()).contains("brew: no such command");
    }

    @Test
    void anImportOfWhatIsNoTreeOrNotTheStorageRootIsRefused() throws IOException {
        assertThat(RegistryCommand.run(Map.of(), "import", directory.toString()).refusal())
                .contains("no tree of a docker/distribution", directory.toString());
        Files.createDirectories(directory.resolve("docker/registry/v2/repositories"));
        assertThat(RegistryCommand.run(
                                Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/srv/other"),
                                "import",
                                directory.toString())
                        .refusal())
                .contains("nothing is copied", "storage.filesystem.rootdirectory", "environment", "/srv/other");
        assertThat(RegistryCommand.run(Map.of(), "import", directory.toString()).refusal())
                .contains("no tree of a docker/distribution"); // an empty one
        assertThat(RegistryCommand.run(Map.of(), "import", "--quick").refusal()).contains("--quick is no option");
        assertThat(RegistryCommand.run(Map.of("REGISTRY_STORAGE", "inmemory"), "import")
                        .refusal())
                .contains("nothing that is kept in memory");
        assertThat(RegistryCommand.run(Map.of("REGISTRY_STORAGE", "inmemory"), "import", directory.toString())
                        .refusal())
                .contains("where the storage driver inmemory keeps its bytes");
    }

    @Test
    void aRuntimeThatWasMovedWithoutItsProjectIsRefused() throws IOException {
        Path programs = Files.createDirectories(directory.resolve("payara"));
        Path runtime = Files.createDirectories(directory.resolve("target/runtime"));
        for (String script : List.of("registry", "find-java.sh")) {
            Files.copy(Path.of("payara", script), programs.resolve(script), StandardCopyOption.COPY_ATTRIBUTES);
        }
        for (String part : List.of("registry.war", "java.arguments")) {
            Files.copy(Path.of("target", "runtime", part), runtime.resolve(part));
        }

        assertThat(RegistryCommand.run(programs.resolve("registry"), Map.of(), "serve")
                        .refusal())
                .contains(runtime + " was made for another place");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertThat(serve("REGISTRY_HTTP_ADDR", address).refusal())
                    .contains("http.addr", address, "Address already in use");
        }
    }

    @Test
    void aSettingThatCannotBeUsedIsNamedWithItsValueItsSourceAndWhatIsAllowed() throws IOException {
        Path file = write("storage: {filesystem: {rootdirectory: /tmp}, delete: {enabled: perhaps}}");

        assertThat(RegistryCommand.run(Map.of(), "serve", file.toString()).refusal())
                .contains("storage.delete.enabled", "perhaps", file.toString(), "true or false");
    }

    @Test
    void aConfigurationFileThatIsNoYamlIsNamed() throws IOException {
        Path file = write("storage: {filesystem");

        assertThat(RegistryCommand.run(Map.of(), "serve", file.toString()).refusal())
                .contains(file.toString());
    }

    @Test
    void aConfigurationFileThatIsNotThereIsNamed() {
        assertThat(RegistryCommand.run(
                                Map.of(),
                                "serve",
                                directory.resolve("missing.yml").toString())
                        .refusal())
                .contains("missing.yml");
    }

    @Test
    void aDatabaseThatCannotBeReachedIsNamed() {
        assertThat(serve("REGISTRY_DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + UNUSED_PORT + "/registry")
                        .refusal())
                .contains("database.url", "refused");
    }

    @Test
    void aStorageRootThatCannotBeADirectoryIsNamed() throws IOException {
        Path file = write("a file where the root should be");

        assertThat(serve("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", file.toString())
                        .refusal())
                .contains(file.toString());
    }

    @Test
    void aSecondRegistryOnTheSameRootIsRefused() {
        try (RegistryServer server = RegistryServer.start()) {
            assertThat(serve(
                                    "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                                    server.root().toString())
                            .refusal())
                    .contains("in use by another registry");
        }
    }

    private RegistryCommand serve(String variable, String value) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "REGISTRY_HTTP_ADDR",
                "127.0.0.1:" + RegistryServer.freePort(),
                "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                directory.resolve("root").toString()));
        environment.put(variable, value);
        return RegistryCommand.run(environment, "serve");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("config.yml"), text);
    }
}
