package com.laincloud.registry.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.Alone;
import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** buildah, which neither lists nor deletes what a registry has. */
@Alone
@ExtendWith(SharedRegistryServer.class)
class BuildahIT {

    private final RegistryServer server;
    private final RegistryClient client;
    private final Path directory;
    private final CommandLineClient buildah;

    BuildahIT(RegistryServer server, RegistryClient client, @TempDir Path directory) {
        this.server = server;
        this.client = client;
        this.directory = directory;
        this.buildah = new CommandLineClient(
                directory.resolve("home"),
                List.of(
                        "buildah",
                        "--root=" + directory.resolve("root"),
                        "--runroot=" + directory.resolve("runroot"),
                        // works wherever a directory can be copied, also in a container
                        "--storage-driver=vfs"),
                Map.of());
    }

    @Test
    void anImageBuiltOnAPulledBaseIsPushedAndPulledWithItsId() throws IOException {
        String base = image("base:1");
        push("amd64", 3000, base);
        String built = image("built:1");
        commit(base, "amd64", "hello", built);
        String id = id(built);
        buildah.run("push", "--tls-verify=false", built);
        buildah.run("rmi", "--all", "--force");
        assertThat(buildah.run("images", "--quiet")).isBlank();

        buildah.run("pull", "--tls-verify=false", built);

        assertThat(id(built)).isEqualTo(id);
        RegistryImage stored = RegistryImage.pull(client, "buildah/built", "1");
        assertThat(stored.config()).hasToString("sha256:" + id);
        assertThat(stored.layers()).hasSize(6).startsWith(SampleLayers.of(3000).toArray(byte[][]::new));
    }

    @Test
    void anIndexIsPushedWithAllItsImagesAndPulledByPlatform() throws IOException {
        String list = image("index:both");
        buildah.run("manifest", "create", list);
        for (String architecture : List.of("amd64", "arm64")) {
            String base = image("index-base:" + architecture);
            push(architecture, 3100, base);
            String built = image("index:" + architecture);
            commit(base, architecture, "for " + architecture, built);
            buildah.run("manifest", "add", "--arch=" + architecture, list, built);
        }
        buildah.run("manifest", "push", "--all", "--tls-verify=false", list, "docker://" + list);
        buildah.run("rmi", "--all", "--force");

        JsonObject index = RegistryImage.parse(client.pullManifest("buildah/index", "both"));
        assertThat(index.getString("mediaType")).isEqualTo(MediaTypes.OCI_INDEX);
        assertThat(index.getJsonArray("manifests")).hasSize(2);
        for (String architecture : List.of("amd64", "arm64")) {
            buildah.run("pull", "--tls-verify=false", "--arch=" + architecture, list);
            assertThat(buildah.run("inspect", "--type=image", "--format={{.OCIv1.Architecture}}", list)
                            .strip())
                    .isEqualTo(architecture);
            buildah.run("rmi", "--all", "--force");
        }
    }

    @Test
    void layersOfAnotherRepositoryAreMounted() {
        String source = image("source:1");
        push("amd64", 3200, source);
        buildah.run("pull", "--tls-verify=false", source);
        UploadLog uploads = UploadLog.watch(server, "buildah/target");

        buildah.run("push", "--tls-verify=false", source, "docker://" + image("target:1"));

        assertThat(uploads.mounted()).hasSize(5);
        assertThat(RegistryImage.pull(client, "buildah/target", "1").layers())
                .containsExactlyElementsOf(SampleLayers.of(3200));
    }

    private String image(String name) {
        return server.authority() + "/buildah/" + name;
    }

    private void push(String architecture, long seed, String image) {
        ImageLayout layout = new ImageLayout(directory.resolve("layout-" + architecture));
        layout.tag("sample", layout.addImage(architecture, SampleLayers.of(seed)));
        String id = buildah.run("pull", "--quiet", "--arch=" + architecture, layout.reference("sample"))
                .strip();
        buildah.run("push", "--tls-verify=false", id, "docker://" + image);
        buildah.run("rmi", "--force", id);
    }

    /** Adds a file to what {@code base} names in the registry. */
    private void commit(String base, String architecture, String text, String built) throws IOException {
        String container = buildah.run(
                        "from", "--quiet", "--tls-verify=false", "--pull-always", "--arch=" + architecture, base)
                .strip();
        Path file = Files.write(directory.resolve("file"), text.getBytes(UTF_8));
        buildah.run("copy", "--quiet", container, file.toString(), "/file");
        buildah.run("commit", "--quiet", "--rm", container, built);
    }

    private String id(String image) {
        return buildah.run("inspect", "--type=image", "--format={{.FromImageID}}", image)
                .strip();
    }
}
