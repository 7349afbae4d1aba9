package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command of {@code payara/registry} that was run to its end.
 *
 * @param status its exit status
 * @param output the lines on standard output
 * @param errors the lines on standard error
 */
record RegistryCommand(int status, List<String> output, List<String> errors) {

    /** Runs a command with nothing of ours in its environment but {@code environment}. */
    static RegistryCommand run(Map<String, String> environment, String... words) {
        return run(Path.of("payara", "registry"), environment, words);
    }

    /** Runs a command of a {@code payara/registry} that lies elsewhere. */
    static RegistryCommand run(Path registry, Map<String, String> environment, String... words) {
        ProcessBuilder command = new ProcessBuilder(registry.toString());
        command.command().addAll(List.of(words));
        command.environment().keySet().removeIf(name -> name.startsWith("REGISTRY_"));
        command.environment().putAll(environment);
        try {
            Path output = Files.createTempFile("registry-", ".out");
            Path errors = Files.createTempFile("registry-", ".err");
            Process process = command.redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            assertThat(process.waitFor(90, TimeUnit.SECONDS))
                    .as("the command has ended: " + command.command())
                    .isTrue();
            RegistryCommand ended = new RegistryCommand(process.exitValue(), lines(output), lines(errors));
            Files.delete(output);
            Files.delete(errors);
            return ended;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).lines().toList();
    }

    /** The one line with which a command that cannot be carried out ends. */
    String refusal() {
        assertThat(status).as("exit status, with errors " + errors).isNotZero();
        assertThat(errors).hasSize(1);
        return errors.getFirst();
    }
}
