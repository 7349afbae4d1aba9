package com.laincloud.registry.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A docker/distribution of the test's own, to compare with: Debian's 2.8, with schema 1 on. */
final class DockerRegistry implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int port;
    private final Process process;

    /** One that answers already; fails when there is none on the machine. */
    DockerRegistry(Path directory) throws IOException {
        this(directory, "filesystem: {rootdirectory: " + root(directory) + "}");
    }

    /** The same, with a storage of its configuration's words. */
    DockerRegistry(Path directory, String storage) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
        Path configuration = Files.writeString(directory.resolve("registry.yml"), """
                version: 0.1
                log: {level: error}
                storage: {%s, delete: {enabled: true}}
                http: {addr: "%s"}
                compatibility: {schema1: {enabled: true}}
                """.formatted(storage, authority()));
        Path log = directory.resolve("registry.log");
        this.process = new CommandLineClient(directory, List.of(), Map.of("AWS_CA_BUNDLE", "")) // it cannot use one
                .prepare(List.of("docker-registry", "serve", configuration.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await("docker-registry to listen; see " + log)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .failFast("docker-registry has ended", () -> !process.isAlive())
                .until(this::listens);
    }

    /** The storage root of the one that was started in a directory. */
    static Path root(Path directory) {
        return directory.resolve("tree");
    }

    URI uri() {
        return URI.create("http://" + authority() + "/");
    }

    String authority() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
