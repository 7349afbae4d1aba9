package com.laincloud.registry.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedRegistryServer.class)
class SkopeoIT {

    private final RegistryServer server;
    private final RegistryClient client;
    private final Path directory;
    private final CommandLineClient skopeo;
    private final ImageLayout layout;

    SkopeoIT(RegistryServer server, RegistryClient client, @TempDir Path directory) {
        this.server = server;
        this.client = client;
        this.directory = directory;
        this.skopeo =
                new CommandLineClient(directory.resolve("home"), List.of("skopeo", "--insecure-policy"), Map.of());
        this.layout = new ImageLayout(directory.resolve("layout"));
    }

    @BeforeEach
    void layTwoPlatformsOut() {
        JsonObject amd64 = layout.addImage("amd64", SampleLayers.of(100));
        JsonObject arm64 = layout.addImage("arm64", SampleLayers.of(200));
        layout.tag("amd64", amd64);
        layout.tag("both", layout.addIndex(List.of(amd64, arm64)));
    }

    @Test
    void aSingleImageGoesFromAnOciLayoutToTheRegistryAndBackWithoutAChangedByte() {
        push("amd64", "skopeo/single:1");
        skopeo.run("copy", "--src-tls-verify=false", docker("skopeo/single:1"), "oci:" + copy() + ":amd64");

        Digest pushed = layout.digest("amd64");
        assertThat(RegistryImage.pull(client, "skopeo/single", "1").digest()).isEqualTo(pushed);
        assertThat(ImageLayout.graph(copy(), pushed)).isEqualTo(ImageLayout.graph(layout.directory(), pushed));
    }

    @Test
    void anIndexOfTwoPlatformsGoesThereAndBackWithoutAChangedByte() {
        push("both", "skopeo/index:1", "--all");
        skopeo.run("copy", "--all", "--src-tls-verify=false", docker("skopeo/index:1"), "oci:" + copy() + ":both");

        Digest pushed = layout.digest("both");
        assertThat(RegistryClient.digest(client.pullManifest("skopeo/index", "1")))
                .isEqualTo(pushed);
        assertThat(ImageLayout.graph(copy(), pushed))
                .hasSize(14)
                .isEqualTo(ImageLayout.graph(layout.directory(), pushed));
    }

    @Test
    void anIndexConvertedToADockerManifestListIsServedAsOne() {
        push("both", "skopeo/list:1", "--all", "--format", "v2s2");

        JsonObject list = RegistryImage.parse(client.pullManifest("skopeo/list", "1"));
        assertThat(list.getString("mediaType")).isEqualTo(MediaTypes.DOCKER_MANIFEST_LIST);
        List<JsonObject> images = list.getJsonArray("manifests").getValuesAs(JsonObject.class);
        assertThat(images).hasSize(2);
        assertThat(RegistryImage.pull(client, "skopeo/list", images.getFirst().getString("digest"))
                        .layers())
                .containsExactlyElementsOf(SampleLayers.of(100));
    }

    @Test
    void aDockerArchiveGoesThereAndBackWithEqualLayersAndConfig() {
        Path sent = directory.resolve("sent.tar");
        Path received = directory.resolve("received.tar");
        skopeo.run("copy", layout.reference("amd64"), "docker-archive:" + sent + ":sample:1");
        skopeo.run("copy", "--dest-tls-verify=false", "docker-archive:" + sent, docker("skopeo/archive:1"));
        skopeo.run(
                "copy",
                "--src-tls-verify=false",
                docker("skopeo/archive:1"),
                "docker-archive:" + received + ":sample:1");

        assertThat(RegistryImage.pull(client, "skopeo/archive", "1").layers())
                .containsExactlyElementsOf(SampleLayers.of(100));
        assertThat(ArchiveContents.of(received)).isEqualTo(ArchiveContents.of(sent));
    }

    @Test
    void copyingAgainUploadsNothing() {
        push("both", "skopeo/again:1", "--all");
        UploadLog uploads = UploadLog.watch(server, "skopeo/again");
        push("both", "skopeo/again:2", "--all");

        assertThat(uploads.startedUploads()).isEmpty();
        assertThat(client.pullManifest("skopeo/again", "2")).isEqualTo(client.pullManifest("skopeo/again", "1"));
    }

    @Test
    void tagsAreListedInspectedAndDeleted() {
        push("amd64", "skopeo/tags:first");
        push("both", "skopeo/tags:second", "--all");
        assertThat(skopeo.run("list-tags", "--tls-verify=false", docker("skopeo/tags")))
                .contains("\"first\"", "\"second\"");
        assertThat(skopeo.run("inspect", "--tls-verify=false", docker("skopeo/tags:first")))
                .contains(layout.digest("amd64").toString());

        skopeo.run("delete", "--tls-verify=false", docker("skopeo/tags:second"));
        assertThat(client.get("/v2/skopeo/tags/manifests/second").statusCode()).isEqualTo(404);
        assertThat(RegistryImage.pull(client, "skopeo/tags", "first").digest()).isEqualTo(layout.digest("amd64"));
    }

    private void push(String tag, String image, String... options) {
        List<String> fixed = List.of("copy", "--dest-tls-verify=false", layout.reference(tag), docker(image));
        skopeo.run(Stream.concat(fixed.stream(), Stream.of(options)).toArray(String[]::new));
    }

    private String docker(String image) {
        return "docker://" + server.authority() + "/" + image;
    }

    private Path copy() {
        return directory.resolve("copy");
    }
}
