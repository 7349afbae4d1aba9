package com.laincloud.registry.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.Alone;
import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Alone
@ExtendWith(SharedRegistryServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DockerIT {

    private final RegistryServer server;
    private final RegistryClient client;
    private final Path directory;
    private final DockerDaemon daemon;
    private final CommandLineClient docker;
    private final CommandLineClient skopeo;

    DockerIT(RegistryServer server, RegistryClient client, @TempDir Path directory) throws IOException {
        this.server = server;
        this.client = client;
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
    void aPushedImageIsPulledWithItsIdAndEveryByte() {
        String image = load("docker/roundtrip:1", 300);
        String id = id(image);
        SortedMap<String, String> files = files(image);
        docker.run("push", image);
        docker.run("rmi", image);
        assertThat(docker.run("images", "--all", "--no-trunc", "--quiet")).doesNotContain(id);

        docker.run("pull", image);

        assertThat(id(image)).isEqualTo(id);
        assertThat(files(image)).isEqualTo(files).containsKeys("app/current", "var/cache/new");
        assertThat(files).doesNotContainKeys("etc/release", "var/cache/old");
        RegistryImage stored = RegistryImage.pull(client, "docker/roundtrip", "1");
        assertThat(stored.config()).hasToString(id);
        assertThat(stored.layers()).containsExactlyElementsOf(SampleLayers.of(300));
    }

    @Test
    void anImageIsPulledByTheDigestThatThePushPrinted() {
        String image = load("docker/digest:1", 400);
        String pushed = docker.run("push", image);
        String digest =
                RegistryImage.pull(client, "docker/digest", "1").digest().toString();
        assertThat(pushed).contains("digest: " + digest);

        String byDigest = server.authority() + "/docker/digest@" + digest;
        String id = id(image);
        docker.run("rmi", image);
        docker.run("pull", byDigest);
        assertThat(id(byDigest)).isEqualTo(id);
    }

    @Test
    void pushingAgainUploadsNothing() {
        String image = load("docker/again:1", 500);
        docker.run("push", image);
        UploadLog uploads = UploadLog.watch(server, "docker/again");

        assertThat(docker.run("push", image).lines().filter(line -> line.endsWith(": Layer already exists")))
                .hasSize(5);
        assertThat(uploads.startedUploads()).isEmpty();
    }

    @Test
    void layersOfAnotherRepositoryAreMounted() {
        String image = load("docker/source:1", 600);
        docker.run("push", image);
        String other = server.authority() + "/docker/target:1";
        docker.run("tag", image, other);

        assertThat(docker.run("push", other).lines().filter(line -> line.contains(": Mounted from docker/")))
                .hasSize(5);
        assertThat(RegistryImage.pull(client, "docker/target", "1").layers())
                .containsExactlyElementsOf(SampleLayers.of(600));
    }

    @Test
    void aBuildOnAPulledBasePushesOnlyItsOwnLayers() throws IOException {
        String base = load("docker/app:base", 700);
        docker.run("push", base);
        docker.run("rmi", base);
        Path context = Files.createDirectory(directory.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), "FROM " + base + "\nCOPY one /one\nCOPY two /app/two\n");
        Files.write(context.resolve("one"), new byte[1 << 20]);
        Files.write(context.resolve("two"), "two".getBytes(UTF_8));

        String built = server.authority() + "/docker/app:built";
        docker.run("build", "--pull", "--tag", built, context.toString());
        String pushed = docker.run("push", built);

        assertThat(pushed.lines().filter(line -> line.endsWith(": Layer already exists")))
                .hasSize(5);
        assertThat(pushed.lines().filter(line -> line.endsWith(": Pushed"))).hasSize(2);
        assertThat(RegistryImage.pull(client, "docker/app", "built").layers())
                .hasSize(7)
                .startsWith(SampleLayers.of(700).toArray(byte[][]::new));
    }

    @Test
    void aManifestListIsPushedAndEachPlatformPullsItsImage() {
        String list = server.authority() + "/docker/list:both";
        String amd64 = load("docker/list:amd64", "amd64", 750);
        String arm64 = load("docker/list:arm64", "arm64", 760);
        docker.run("push", amd64);
        docker.run("push", arm64);
        docker.run("manifest", "create", "--insecure", list, amd64, arm64);
        docker.run("manifest", "push", "--insecure", list);
        docker.run("rmi", amd64, arm64);

        for (String architecture : List.of("arm64", "amd64")) {
            docker.run("pull", "--platform=linux/" + architecture, list);
            assertThat(docker.run("inspect", "--type=image", "--format={{.Architecture}}", list)
                            .strip())
                    .isEqualTo(architecture);
            docker.run("rmi", list);
        }
    }

    private String load(String name, long seed) {
        return load(name, "amd64", seed);
    }

    /** Brings a sample image into the daemon under {@code name} of this registry. */
    private String load(String name, String architecture, long seed) {
        String image = server.authority() + "/" + name;
        ImageLayout layout = new ImageLayout(directory.resolve("layout-" + seed));
        layout.tag("sample", layout.addImage(architecture, SampleLayers.of(seed)));
        Path archive = directory.resolve("image-" + seed + ".tar");
        skopeo.run("copy", layout.reference("sample"), "docker-archive:" + archive + ":" + image);
        docker.run("load", "--input", archive.toString());
        return image;
    }

    private String id(String image) {
        return docker.run("inspect", "--type=image", "--format={{.Id}}", image).strip();
    }

    /** The files that a container of {@code image} sees. */
    private SortedMap<String, String> files(String image) {
        Path export = directory.resolve("export.tar");
        String container = docker.run("create", image).strip();
        docker.run("export", "--output", export.toString(), container);
        docker.run("rm", container);
        return ArchiveContents.of(export);
    }
}
