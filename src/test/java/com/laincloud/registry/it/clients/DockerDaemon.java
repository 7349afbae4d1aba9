package com.laincloud.registry.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A docker daemon of the test's own: no networks, no containers of others, all its data below one directory. The daemon
 * needs root, so an ordinary user's test starts it through {@code sudo}.
 */
final class DockerDaemon implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Process process;

    /** A daemon that answers already; fails when there is none on the machine. */
    DockerDaemon(Path directory) throws IOException {
        this.directory = directory;
        this.process = new CommandLineClient(directory, List.of(), Map.of())
                .prepare(List.of(
                        "/bin/sh",
                        "-c",
                        // system programs are not on everybody's path; the group lets an ordinary user at the socket
                        "PATH=$PATH:/usr/sbin:/sbin; [ $(id -u) = 0 ] || sudo=sudo; exec $sudo dockerd \"$@\" --group $(id -gn)",
                        "dockerd",
                        "--data-root=" + directory.resolve("data"),
                        "--exec-root=" + directory.resolve("exec"),
                        "--pidfile=" + pidFile(),
                        "--host=" + socket(),
                        "--iptables=false",
                        "--ip6tables=false",
                        "--ip-masq=false",
                        "--bridge=none"))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        awaitAnswer();
    }

    /** The docker command that speaks to this daemon. */
    CommandLineClient client() {
        return new CommandLineClient(
                directory.resolve("home"),
                List.of("docker"),
                Map.of(
                        "DOCKER_HOST",
                        socket(),
                        "DOCKER_CONFIG",
                        directory.resolve("config").toString(),
                        // the classic builder is part of every daemon, the newer one a plug-in of the client
                        "DOCKER_BUILDKIT",
                        "0"));
    }

    /** Ends the daemon, which unmounts what it mounted, and deletes its data. */
    @Override
    public void close() {
        try {
            asRoot("kill $(cat " + pidFile() + ")");
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("dockerd has ended; see " + log())
                    .isTrue();
            asRoot("rm -rf " + directory.resolve("data") + " " + directory.resolve("exec"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void awaitAnswer() {
        await("dockerd to listen")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .failFast(
                        "dockerd has ended",
                        () -> assertThat(process.isAlive()).as(this::printed).isTrue())
                .until(() -> Files.exists(directory.resolve("socket")));
        client().run("version");
    }

    private void asRoot(String command) {
        String shell = "[ $(id -u) = 0 ] || sudo=sudo; exec $sudo /bin/sh -c \"$0\"";
        new CommandLineClient(directory, List.of("/bin/sh", "-c", shell), Map.of()).run(command);
    }

    private String printed() {
        try {
            return Files.readString(log(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String socket() {
        return "unix://" + directory.resolve("socket");
    }

    private Path pidFile() {
        return directory.resolve("pid");
    }

    private Path log() {
        return directory.resolve("log");
    }
}
