package com.laincloud.registry.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server program of the test's own that listens on a socket in a directory, where all its data is too. It needs root,
 * so an ordinary user's test runs it through {@code sudo}.
 */
final class Daemon implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What runs a command as root. System programs are not on every user's path. */
    private static final List<String> AS_ROOT = List.of(
            "/bin/sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; [ $(id -u) = 0 ] || sudo=sudo; exec $sudo \"$@\"", "root");

    /** Unmounts all below a directory that the daemon has left mounted, such as its containers' networks. */
    private static final String UNMOUNT = "grep -o \" $0/[^ ]*\" /proc/self/mounts | xargs -r umount --lazy";

    private final Path directory;
    private final Process process;

    /** A daemon that listens already; fails when there is none on the machine. */
    Daemon(Path directory, List<String> command) {
        this.directory = directory;
        try {
            Files.createDirectories(directory.resolve("run")); // where it is told to keep what lasts as long as it runs
            this.process = new CommandLineClient(directory, List.of(), Map.of())
                    .prepare(asRoot(command))
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await("the daemon to listen")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .failFast(
                        "the daemon has ended",
                        () -> assertThat(process.isAlive()).as(this::printed).isTrue())
                .until(() -> Files.exists(socket(directory)));
    }

    /** Where the daemon of a directory is to listen. */
    static Path socket(Path directory) {
        return directory.resolve("socket");
    }

    /** The words that run a command as root. */
    static List<String> asRoot(List<String> command) {
        List<String> words = new ArrayList<>(AS_ROOT);
        words.addAll(command);
        return words;
    }

    /** Ends the daemon, which unmounts what it mounted, and deletes its data. */
    @Override
    public void close() {
        runAsRoot("sh", "-c", "kill " + process.pid());
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the daemon has ended; see " + log())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        runAsRoot("sh", "-c", UNMOUNT, directory.toString());
        runAsRoot("rm", "-rf", directory.toString());
    }

    private void runAsRoot(String... command) {
        new CommandLineClient(directory.resolveSibling("root"), asRoot(List.of(command)), Map.of()).run();
    }

    private String printed() {
        try {
            return Files.readString(log(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path log() {
        return directory.resolve("log");
    }
}
