package com.laincloud.registry.it.clients;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.EtcdServer;
import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import com.laincloud.registry.it.auth.TokenRegistry;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * The container image: pushed by the build into a registry of ours, and run by docker as LAIN runs it, with no more memory
 * than LAIN is told to give it.
 */
@ExtendWith({SharedRegistryServer.class, TokenRegistry.Shared.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageIT {

    private static final Duration LAINS_PATIENCE = Duration.ofSeconds(10);
    private static final int BUILD_MINUTES = 10;

    private final RegistryClient client;
    private final TokenRegistry tokens;
    private final Path directory;
    private final String image;
    private final DockerDaemon daemon;
    private final CommandLineClient docker;
    private final List<String> memory;

    ImageIT(RegistryServer server, RegistryClient client, TokenRegistry tokens, @TempDir Path directory)
            throws IOException, InterruptedException {
        this.client = client;
        this.tokens = tokens;
        this.directory = directory;
        this.image = server.authority() + "/library/registry:built";
        build(image);
        this.daemon = new DockerDaemon(Files.createDirectory(directory.resolve("docker")));
        this.docker = daemon.client();
        docker.run("pull", image);
        Map<String, Map<String, Object>> lain = new Yaml().load(Files.readString(Path.of("payara/lain/lain.yaml")));
        Object limit = requireNonNull(lain.get("web")).get("memory");
        this.memory = List.of("--memory=" + limit, "--memory-swap=" + limit);
    }

    /** The command that the build runs, with nothing of this user's. */
    private void build(String name) throws IOException, InterruptedException {
        Path target = Path.of("target").toAbsolutePath();
        File log = target.resolve("registry-logs/image.log").toFile();
        ProcessBuilder build = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dimage.insecure=true",
                        "com.laincloud.registry.image.ContainerImage",
                        name,
                        "0.0.1",
                        target.resolve("image").toString(),
                        System.getProperty("payara.micro"),
                        target.resolve("registry.war").toString(),
                        target.resolve("registry-launcher.jar").toString())
                .redirectErrorStream(true)
                .redirectOutput(log);
        build.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        build.environment().put("DOCKER_CONFIG", directory.toString());
        Process process = build.start();
        assertThat(process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(() -> "see " + log).isZero();
    }

    @AfterAll
    void stopTheDaemon() {
        daemon.close();
    }

    @Test
    void itIsAnImageThatLainsEngineUnderstandsAndBootstrapCanRun() {
        JsonObject manifest = RegistryImage.parse(client.pullManifest("library/registry", "built"));
        assertThat(manifest.getString("mediaType")).isEqualTo(MediaTypes.DOCKER_MANIFEST);
        JsonObject config = RegistryImage.parse(
                docker.run("inspect", "--format={{json .Config}}", image).getBytes(UTF_8));

        assertThat(config.getString("WorkingDir")).isEqualTo("/lain/app");
        assertThat(config.getJsonArray("Cmd").getValuesAs(JsonString::getString))
                .containsExactly("./entry.sh");
        assertThat(config.getJsonObject("ExposedPorts")).containsOnlyKeys("5000/tcp");
        assertThat(config.getJsonObject("Volumes")).containsOnlyKeys("/var/lib/registry");
    }

    @Test
    void withoutLainAndAVolumeItServesAndStopsInTimeAndKeepsWhatItHas() {
        try (RegistryContainer container = run("./entry.sh", List.of())) {
            RegistryClient inside = container.client();
            expect(200, inside.get("/health"));
            expect(200, inside.get("/v2/"));
            assertThat(container.log()).contains("no etcd");
            String pushed = load(container, "image/small:1", 1100);
            docker.run("push", pushed);
            // LAIN looks with curl from inside; administrators ask the audit schema
            assertThat(container.execute("curl", "-sf", "http://" + container.authority() + "/health"))
                    .contains("UP");
            assertThat(container.execute("./entry.sh", "sql", "select tag from audit.push"))
                    .contains("1 row");
            assertThat(container.execute("cat", "/proc/1/maps").contains("registry.aot"))
                    .as("the ahead-of-time cache is in use, if the JDK can make one")
                    .isEqualTo(Runtime.version().feature() >= 25);

            assertThat(container.stop()).isLessThan(LAINS_PATIENCE);
            assertThat(container.state("ExitCode")).isEqualTo("0");
            container.startAgain();

            assertThat(inside.tags("image/small")).containsExactly("1");
            docker.run("rmi", pushed);
            docker.run("pull", pushed);
            assertThat(container.state("OOMKilled")).isEqualTo("false");
        }
    }

    @Test
    void inAClusterTokensAreAskedForAsEtcdSaysAndTheHealthIsToldToEveryClient() {
        try (EtcdServer etcd = EtcdServer.start()) {
            etcd.putV2("/lain/config/auth/registry", tokens.keyInEtcd());
            List<String> options = List.of(
                    "--env=LAIN_APPNAME=registry",
                    "--env=REGISTRY_ETCD_ENDPOINTS=" + etcd.uri(),
                    "--env=REGISTRY_ETCD_API=v2",
                    "--volume=" + tokens.bundle() + ":/lain/app/auth/server.pem:ro");
            try (RegistryContainer container = run("/lain/app/entry.sh", options)) {
                RegistryClient anonymous = container.client();
                expect(200, anonymous.get("/"));
                expect(200, anonymous.get("/health"));
                expect(401, anonymous.get("/v2/"));
                assertThat(container.execute("./entry.sh", "config"))
                        .as("what the server goes by")
                        .contains("/lain/app/auth/server.pem");
                String pushed = load(container, "image/guarded:1", 1200);
                assertThat(docker.runFailing("push", pushed)).contains("unauthorized");
                docker.run("login", "-u", "lain", "-p", tokens.password("lain"), container.authority());
                docker.run("push", pushed);
                assertThat(container.stop()).isLessThan(LAINS_PATIENCE);
                assertThat(container.state("ExitCode")).isEqualTo("0");
            }
        }
    }

    @Test
    void inAClusterItDoesNotStartBeforeEtcdHasSaidWhetherTokensAreAskedFor() {
        for (String sign : List.of(
                "--env=LAIN_APPNAME=registry", "--env=LAIN_DOMAIN=lain.local", "--add-host=etcd.lain:127.0.0.1")) {
            assertThat(refusal(sign, "--env=REGISTRY_ETCD_TIMEOUT=1s"))
                    .as(sign)
                    .contains("registry: etcd.endpoints: [http://etcd.lain:4001]");
        }
        assertThat(refusal("--env=LAIN_APPNAME=registry", "--env=REGISTRY_ETCD_ENDPOINTS="))
                .as("no etcd is wanted")
                .contains("registry: http.addr");
    }

    /** What a container prints that must not start, because there is no such address if nothing else is wrong. */
    private String refusal(String... options) {
        List<String> words =
                new ArrayList<>(List.of("run", "--rm", "--network=none", "--env=REGISTRY_HTTP_ADDR=192.0.2.1:5000"));
        words.addAll(List.of(options));
        words.addAll(List.of(image, "./entry.sh"));
        return docker.runFailing(words.toArray(String[]::new));
    }

    private RegistryContainer run(String command, List<String> options) {
        List<String> all = new ArrayList<>(memory);
        all.addAll(options);
        return RegistryContainer.run(docker, image, command, all);
    }

    /** Brings a sample image into the daemon under {@code name} of a registry. */
    private String load(RegistryContainer registry, String name, long seed) {
        String named = registry.authority() + "/" + name;
        ImageLayout layout = new ImageLayout(directory.resolve("layout-" + seed));
        layout.tag("sample", layout.addImage("amd64", SampleLayers.of(seed)));
        Path archive = directory.resolve("image-" + seed + ".tar");
        new CommandLineClient(directory.resolve("skopeo"), List.of("skopeo", "--insecure-policy"), Map.of())
                .run("copy", layout.reference("sample"), "docker-archive:" + archive + ":" + named);
        docker.run("load", "--input", archive.toString());
        return named;
    }
}
