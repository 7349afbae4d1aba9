package com.laincloud.registry.it.clients;

import com.laincloud.registry.it.Alone;
import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** containerd through {@code ctr}, which neither lists nor deletes what a registry has. */
@Alone
@ExtendWith(SharedRegistryServer.class)
class ContainerdIT implements LayoutClientContract {

    private final Workplace workplace;
    private final Daemon daemon;
    private final CommandLineClient ctr;
    private final CommandLineClient tar;

    ContainerdIT(RegistryServer server, RegistryClient registry, @TempDir Path directory) throws IOException {
        this.workplace = new Workplace("containerd", server, registry, directory);
        Path own = Files.createDirectory(directory.resolve("containerd"));
        Path configuration = Files.writeString(own.resolve("config.toml"), """
                version = 2
                disabled_plugins = ["io.containerd.grpc.v1.cri"]
                """);
        this.daemon = new Daemon(
                own,
                List.of(
                        "containerd",
                        "--config=" + configuration,
                        "--root=" + own.resolve("data"),
                        "--state=" + own.resolve("state"),
                        "--address=" + Daemon.socket(own)));
        this.ctr = new CommandLineClient(
                directory.resolve("home"), Daemon.asRoot(List.of("ctr", "--address=" + Daemon.socket(own))), Map.of());
        this.tar = new CommandLineClient(directory.resolve("home"), List.of("tar"), Map.of());
    }

    @AfterEach
    void stopTheDaemon() {
        daemon.close();
    }

    @Override
    public Workplace workplace() {
        return workplace;
    }

    @Override
    public void push(ImageLayout layout, String tag, String image) {
        Path archive = workplace.directory().resolve("sent.tar");
        tar.run("-C", layout.directory().toString(), "-cf", archive.toString(), ".");
        ctr.run("images", "import", "--all-platforms", "--no-unpack", "--base-name=imported", archive.toString());
        ctr.run("images", "tag", "imported:" + tag, image);
        ctr.run("images", "push", "--plain-http", image);
        ctr.run("images", "remove", "--sync", "imported:" + tag, image);
    }

    @Override
    public void pull(String image, Path layout) {
        fetch(image);
        Path archive = workplace.directory().resolve("received.tar");
        ctr.run("images", "export", "--all-platforms", "--skip-manifest-json", archive.toString(), image);
        tar.run("--one-top-level=" + layout, "-xf", archive.toString());
    }

    @Override
    public void copy(String image, String to) {
        fetch(image);
        ctr.run("images", "tag", image, to);
        ctr.run("images", "push", "--plain-http", to);
    }

    /** A pull that unpacks nothing, as what is no image can only be pulled. */
    private void fetch(String image) {
        ctr.run("content", "fetch", "--plain-http", "--all-platforms", image);
    }
}
