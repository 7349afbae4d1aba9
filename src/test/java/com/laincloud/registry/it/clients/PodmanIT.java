package com.laincloud.registry.it.clients;

import static com.laincloud.registry.it.RegistryClient.header;
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

@Alone
@ExtendWith(SharedRegistryServer.class)
class PodmanIT {

    private final RegistryServer server;
    private final RegistryClient client;
    private final Path directory;
    private final CommandLineClient podman;

    PodmanIT(RegistryServer server, RegistryClient client, @TempDir Path directory) throws IOException {
        this.server = server;
        this.client = client;
        this.directory = directory;
        // the default keeps its locks in shared memory that the machine's own podman uses as well
        Path configuration =
                Files.writeString(directory.resolve("containers.conf"), "[engine]\nlock_type = \"file\"\n");
        this.podman = new CommandLineClient(
                directory.resolve("home"),
                List.of(
                        "podman",
                        "--root=" + directory.resolve("root"),
                        "--runroot=" + directory.resolve("runroot"),
                        "--tmpdir=" + directory.resolve("tmp"),
                        // works wherever a directory can be copied, also in a container
                        "--storage-driver=vfs"),
                Map.of(
                        "CONTAINERS_CONF",
                        configuration.toString(),
                        // or newer releases print a warning where the answer is expected
                        "PODMAN_IGNORE_CGROUPSV1_WARNING",
                        "1"));
    }

    @Test
    void aPushedImageIsPulledWithItsIdAndEveryByte() {
        String image = load("podman/roundtrip:1", 800);
        String id = id(image);
        Path sent = save(image, "sent.tar");
        podman.run("push", "--tls-verify=false", image);
        podman.run("rmi", "--force", id);
        assertThat(podman.run("images", "--all", "--quiet")).isBlank();

        podman.run("pull", "--tls-verify=false", image);

        assertThat(id(image)).isEqualTo(id);
        assertThat(ArchiveContents.of(save(image, "received.tar"))).isEqualTo(ArchiveContents.of(sent));
        assertThat(RegistryImage.pull(client, "podman/roundtrip", "1").layers())
                .containsExactlyElementsOf(SampleLayers.of(800));
    }

    @Test
    void pushingAgainUploadsNothing() {
        String image = load("podman/again:1", 900);
        podman.run("push", "--tls-verify=false", image);
        UploadLog uploads = UploadLog.watch(server, "podman/again");

        podman.run("push", "--tls-verify=false", image);

        assertThat(uploads.startedUploads()).isEmpty();
    }

    @Test
    void anImagePushedInSchema1ComesBackWithEveryFile() {
        String image = load("podman/schema1:1", 1300);
        String id = id(image);
        podman.run("push", "--tls-verify=false", "--format=v2s1", image);
        podman.run("rmi", "--force", id);

        podman.run("pull", "--tls-verify=false", image);

        assertThat(header(client.get("/v2/podman/schema1/manifests/1"), "Content-Type"))
                .isEqualTo(MediaTypes.SCHEMA1_SIGNED);
        assertThat(podman.run("inspect", "--format={{len .RootFS.Layers}} {{.Config.Cmd}}", image)
                        .strip())
                .isEqualTo("5 [/bin/true]");
    }

    @Test
    void aManifestListPushedWithAllItsImagesIsServedWithThem() {
        String amd64 = load("podman/list:amd64", 1000);
        String arm64 = load("podman/list:arm64", 1100);
        podman.run("push", "--tls-verify=false", amd64);
        podman.run("push", "--tls-verify=false", arm64);
        podman.run("manifest", "create", "both");
        podman.run("manifest", "add", "--tls-verify=false", "both", "docker://" + amd64);
        podman.run("manifest", "add", "--tls-verify=false", "both", "docker://" + arm64);
        podman.run(
                "manifest",
                "push",
                "--all",
                "--tls-verify=false",
                "both",
                "docker://" + server.authority() + "/podman/list:both");

        List<JsonObject> images = RegistryImage.parse(client.pullManifest("podman/list", "both"))
                .getJsonArray("manifests")
                .getValuesAs(JsonObject.class);
        assertThat(images)
                .extracting(image -> image.getString("digest"))
                .containsExactly(
                        RegistryImage.pull(client, "podman/list", "amd64")
                                .digest()
                                .toString(),
                        RegistryImage.pull(client, "podman/list", "arm64")
                                .digest()
                                .toString());
    }

    @Test
    void layersOfAnotherRepositoryAreMounted() {
        String image = load("podman/source:1", 1200);
        podman.run("push", "--tls-verify=false", image);
        String other = server.authority() + "/podman/target:1";
        podman.run("tag", image, other);
        UploadLog uploads = UploadLog.watch(server, "podman/target");

        podman.run("push", "--tls-verify=false", other);

        assertThat(uploads.mounted()).hasSize(5);
        assertThat(RegistryImage.pull(client, "podman/target", "1").layers())
                .containsExactlyElementsOf(SampleLayers.of(1200));
    }

    @Test
    void repositoriesAreSearchedAndTheirTagsListed() {
        String image = load("podman/searched:first", 1300);
        podman.run("push", "--tls-verify=false", image);
        podman.run("push", "--tls-verify=false", image, server.authority() + "/podman/searched:second");

        assertThat(podman.run("search", "--tls-verify=false", server.authority() + "/podman/searched"))
                .contains("/podman/searched");
        String tags =
                podman.run("search", "--list-tags", "--tls-verify=false", server.authority() + "/podman/searched");
        assertThat(tags).containsSubsequence("first", "second");
    }

    /** Brings a sample image into podman's storage under {@code name} of this registry. */
    private String load(String name, long seed) {
        String image = server.authority() + "/" + name;
        ImageLayout layout = new ImageLayout(directory.resolve("layout-" + seed));
        layout.tag("sample", layout.addImage("amd64", SampleLayers.of(seed)));
        String id = podman.run("pull", "--quiet", layout.reference("sample")).strip();
        podman.run("tag", id, image);
        return image;
    }

    private String id(String image) {
        return podman.run("image", "inspect", "--format={{.Id}}", image).strip();
    }

    private Path save(String image, String file) {
        Path archive = directory.resolve(file);
        podman.run("save", "--format=docker-archive", "--output=" + archive, image);
        return archive;
    }
}
