package com.laincloud.registry.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.Alone;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.auth.HtpasswdRegistry;
import com.laincloud.registry.it.auth.TokenRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Clients that log in: with docker through LAIN's kind of token service and with passwords, and with skopeo. */
@Alone
@ExtendWith({TokenRegistry.Shared.class, HtpasswdRegistry.Shared.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoginIT {

    private final TokenRegistry tokens;
    private final HtpasswdRegistry passwords;
    private final Path directory;
    private final DockerDaemon daemon;
    private final CommandLineClient docker;
    private final CommandLineClient skopeo;

    LoginIT(TokenRegistry tokens, HtpasswdRegistry passwords, @TempDir Path directory) throws IOException {
        this.tokens = tokens;
        this.passwords = passwords;
        this.directory = directory;
        this.daemon = new DockerDaemon(Files.createDirectory(directory.resolve("docker")));
        this.docker = daemon.client();
        this.skopeo =
                new CommandLineClient(directory.resolve("skopeo"), List.of("skopeo", "--insecure-policy"), Map.of());
    }

    @AfterAll
    void stopTheDaemon() {
        daemon.close();
    }

    @Test
    void dockerLogsInPushesMountsAndEveryUserPullsWithTokens() {
        RegistryServer server = tokens.server();
        String image = load(server, "login/tokens:1", 800);
        assertThat(docker.runFailing("push", image)).contains("unauthorized: ");

        assertThat(docker.runFailing("login", "-u", "lain", "-p", "wrong", server.authority()))
                .containsIgnoringCase("unauthorized");
        docker.run("login", "-u", "lain", "-p", tokens.password("lain"), server.authority());
        assertThat(docker.run("push", image).lines().filter(line -> line.endsWith(": Pushed")))
                .hasSize(5);
        String other = server.authority() + "/login/tokens-too:1";
        docker.run("tag", image, other);
        docker.run("push", other);
        docker.run("logout", server.authority());
        docker.run("rmi", image, other);

        docker.run("pull", image);
        docker.run("pull", other);
        assertThat(server.sql(
                        "select distinct actor, auth_method from audit.push where repository like 'login/tokens%'"))
                .containsPattern("lain\\s*\\|\\s*token");
    }

    @Test
    void dockerLogsInPushesAndPullsWithAPassword() {
        RegistryServer server = passwords.server();
        String image = load(server, "login/passwords:1", 900);
        assertThat(docker.runFailing("push", image)).contains("no basic auth credentials");
        assertThat(docker.runFailing("login", "-u", HtpasswdRegistry.USER, "-p", "wrong", server.authority()))
                .containsIgnoringCase("unauthorized");

        docker.run("login", "-u", HtpasswdRegistry.USER, "-p", HtpasswdRegistry.PASSWORD, server.authority());
        docker.run("push", image);
        docker.run("rmi", image);
        docker.run("pull", image);

        docker.run("logout", server.authority());
        docker.run("rmi", image);
        assertThat(docker.runFailing("pull", image)).contains("no basic auth credentials");
    }

    @Test
    void skopeoCopiesWithCredentials() {
        ImageLayout layout = new ImageLayout(directory.resolve("layout-skopeo"));
        layout.tag("sample", layout.addImage("amd64", SampleLayers.of(1000)));
        Map<RegistryServer, String> credentials = Map.of(
                tokens.server(), "lain:" + tokens.password("lain"),
                passwords.server(), HtpasswdRegistry.USER + ":" + HtpasswdRegistry.PASSWORD);
        credentials.forEach((server, userAndPassword) -> {
            String image = "docker://" + server.authority() + "/login/skopeo:1";
            skopeo.runFailing("copy", "--dest-tls-verify=false", layout.reference("sample"), image);
            skopeo.run(
                    "copy",
                    "--dest-tls-verify=false",
                    "--dest-creds=" + userAndPassword,
                    layout.reference("sample"),
                    image);
            assertThat(skopeo.run("inspect", "--tls-verify=false", "--creds=" + userAndPassword, image))
                    .contains(layout.digest("sample").toString());
            skopeo.run("delete", "--tls-verify=false", "--creds=" + userAndPassword, image);
        });
    }

    /** Brings a sample image into the daemon under {@code name} of a registry. */
    private String load(RegistryServer server, String name, long seed) {
        String image = server.authority() + "/" + name;
        ImageLayout layout = new ImageLayout(directory.resolve("layout-" + seed));
        layout.tag("sample", layout.addImage("amd64", SampleLayers.of(seed)));
        Path archive = directory.resolve("image-" + seed + ".tar");
        skopeo.run("copy", layout.reference("sample"), "docker-archive:" + archive + ":" + image);
        docker.run("load", "--input", archive.toString());
        return image;
    }
}
