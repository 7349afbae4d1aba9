package com.laincloud.registry.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that is run by its command line, with a home directory of its own. */
final class CommandLineClient {

    private static final int PATIENCE_SECONDS = 300;

    private final Path home;
    private final List<String> program;
    private final Map<String, String> environment;

    /**
     * A client whose every run starts with the words {@code program} and has {@code environment} on top of the
     * inherited one, where {@code HOME} and the XDG directories lead below {@code home}.
     */
    CommandLineClient(Path home, List<String> program, Map<String, String> environment) {
        this.home = home;
        this.program = program;
        this.environment = environment;
    }

    /** One of the commands that the build compiles from Go modules into {@code target/go}. */
    static CommandLineClient builtByGo(String name, Path home) {
        return new CommandLineClient(
                home, List.of(Path.of("target", "go", name).toAbsolutePath().toString()), Map.of());
    }

    /** Runs it in its home directory, which must succeed, and gives what it printed on both streams. */
    String run(String... arguments) {
        Ended ended = end(arguments);
        assertThat(ended.exitValue)
                .as(() -> List.of(arguments) + "\n" + ended.printed)
                .isZero();
        return ended.printed;
    }

    /** Runs it, which must fail, and gives what it printed on both streams. */
    String runFailing(String... arguments) {
        Ended ended = end(arguments);
        assertThat(ended.exitValue)
                .as(() -> List.of(arguments) + "\n" + ended.printed)
                .isNotZero();
        return ended.printed;
    }

    private record Ended(int exitValue, String printed) {}

    private Ended end(String... arguments) {
        List<String> words =
                Stream.concat(program.stream(), Stream.of(arguments)).toList();
        try {
            Path output = Files.createTempFile(Files.createDirectories(home.resolve("run")), "output", ".txt");
            Process process = prepare(words)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String printed = Files.readString(output);
            Files.delete(output);
            assertThat(ended)
                    .as(() -> "ended in time: " + words + "\n" + printed)
                    .isTrue();
            return new Ended(process.exitValue(), printed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A process of {@code words} that finds nothing of the user's. */
    ProcessBuilder prepare(List<String> words) {
        ProcessBuilder process = new ProcessBuilder(words);
        process.environment().put("HOME", home.toString());
        process.environment().put("XDG_CONFIG_HOME", home.resolve("config").toString());
        process.environment().put("XDG_DATA_HOME", home.resolve("data").toString());
        process.environment().put("XDG_CACHE_HOME", home.resolve("cache").toString());
        process.environment().put("XDG_RUNTIME_DIR", home.resolve("run").toString());
        if (System.getProperty("user.name").equals("root")) {
            // for root, skopeo and podman keep their cache of known blobs in /var/lib, unless they take this for its
            // user
            process.environment().put("_CONTAINERS_ROOTLESS_UID", "1");
        }
        process.environment().putAll(environment);
        return process;
    }
}
