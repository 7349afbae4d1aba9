package com.laincloud.registry.it.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.Map;

/** A docker daemon of the test's own: no networks, no containers of others, all its data below one directory. */
final class DockerDaemon implements AutoCloseable {

    private final Path directory;
    private final Daemon daemon;

    /** A daemon that answers already; fails when there is none on the machine. */
    DockerDaemon(Path directory) throws IOException {
        this.directory = directory;
        this.daemon = new Daemon(
                directory,
                List.of(
                        "env",
                        // newer releases pull no schema 1 without it
                        "DOCKER_ENABLE_DEPRECATED_PULL_SCHEMA_1_IMAGE=1",
                        "dockerd",
                        "--data-root=" + directory.resolve("data"),
                        "--exec-root=" + directory.resolve("exec"),
                        "--pidfile=" + directory.resolve("pid"),
                        "--host=" + socket(),
                        // lets an ordinary user at the socket
                        "--group=" + group(),
                        "--iptables=false",
                        "--ip6tables=false",
                        "--ip-masq=false",
                        "--bridge=none"));
        client().run("version");
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

    @Override
    public void close() {
        daemon.close();
    }

    private String group() throws IOException {
        return Files.readAttributes(directory, PosixFileAttributes.class)
                .group()
                .getName();
    }

    private String socket() {
        return "unix://" + Daemon.socket(directory);
    }
}
