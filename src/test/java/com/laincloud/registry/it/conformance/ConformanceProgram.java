package com.laincloud.registry.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A conformance program, which is told what to test by environment variables and leaves a JUnit report. */
final class ConformanceProgram {

    private static final int PATIENCE_SECONDS = 300;

    private final Path program;

    /** The program that the build left under this name in {@code target/go}. */
    ConformanceProgram(String name) {
        this.program = Path.of("target", "go", name).toAbsolutePath();
        assertThat(program).as("what .ci/install-clients builds").isExecutable();
    }

    /**
     * Runs it with these variables, and gives what it found. Its reports, and what it printed, stay in {@code directory}.
     */
    ConformanceReport run(Path directory, Map<String, String> variables) {
        try {
            Files.createDirectories(directory);
            Files.deleteIfExists(directory.resolve("junit.xml"));
            Path output = directory.resolve("output.txt");
            ProcessBuilder command = new ProcessBuilder(program.toString())
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            command.environment().keySet().removeIf(name -> name.startsWith("OCI_"));
            command.environment().putAll(variables);
            Process process = command.start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            assertThat(ended).as("%s ended; see %s", program, output).isTrue();
            assertThat(directory.resolve("junit.xml"))
                    .as("the report of %s; see %s", program, output)
                    .exists();
            return ConformanceReport.of(directory.resolve("junit.xml"), process.exitValue() == 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
