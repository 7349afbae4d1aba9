package com.laincloud.registry.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A container of the registry's image, on a free loopback port of the machine's own network, because the tests' daemon has
 * no other.
 */
final class RegistryContainer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final CommandLineClient docker;
    private final String id;
    private final int port;

    private RegistryContainer(CommandLineClient docker, String id, int port) {
        this.docker = docker;
        this.id = id;
        this.port = port;
    }

    /** Runs a command of the image, with these options of {@code docker run}, and waits until it answers. */
    static RegistryContainer run(CommandLineClient docker, String image, String command, List<String> options) {
        int port = RegistryServer.freePort();
        List<String> words = new ArrayList<>(
                List.of("run", "--detach", "--network=host", "--env=REGISTRY_HTTP_ADDR=127.0.0.1:" + port));
        words.addAll(options);
        words.addAll(List.of(image, command));
        // what the daemon warns of comes first
        String id = docker.run(words.toArray(String[]::new))
                .strip()
                .lines()
                .toList()
                .getLast();
        RegistryContainer container = new RegistryContainer(docker, id, port);
        container.awaitAnswer();
        return container;
    }

    private void awaitAnswer() {
        await("the container to answer")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsMatching(e -> true)
                .failFast(
                        "the container has ended",
                        () -> assertThat(state("Running")).as(this::log).isEqualTo("true"))
                .until(() -> client().get("/").statusCode() == 200);
    }

    RegistryClient client() {
        return new RegistryClient(URI.create("http://" + authority() + "/"));
    }

    /** The registry's part of an image name. */
    String authority() {
        return "127.0.0.1:" + port;
    }

    /** What a command in the container prints. */
    String execute(String... command) {
        List<String> words = new ArrayList<>(List.of("exec", id));
        words.addAll(List.of(command));
        return docker.run(words.toArray(String[]::new));
    }

    /** Stops it as an administrator does, and tells how long that took. */
    Duration stop() {
        Instant begin = Instant.now();
        docker.run("stop", id);
        return Duration.between(begin, Instant.now());
    }

    void startAgain() {
        docker.run("start", id);
        awaitAnswer();
    }

    /** A word of docker's about the container, such as {@code ExitCode}. */
    String state(String name) {
        return docker.run("inspect", "--format={{.State." + name + "}}", id).strip();
    }

    String log() {
        return docker.run("logs", id);
    }

    @Override
    public void close() {
        docker.run("rm", "--force", "--volumes", id);
    }
}
