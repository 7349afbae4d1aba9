package com.laincloud.registry.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedRegistryServer.class)
class SkopeoIT implements ManagingClientContract {

    private final Workplace workplace;
    private final RegistryServer server;
    private final RegistryClient client;
    private final Path directory;
    private final CommandLineClient skopeo;
    private final ImageLayout layout;

    SkopeoIT(RegistryServer server, RegistryClient client, @TempDir Path directory) {
        this.workplace = new Workplace("skopeo", server, client, directory);
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

    @Override
    public Workplace workplace() {
        return workplace;
    }

    @Override
    public void push(ImageLayout sent, String tag, String image) {
        skopeo.run("copy", "--all", "--dest-tls-verify=false", sent.reference(tag), "docker://" + image);
    }

    @Override
    public void pull(String image, Path received) {
        skopeo.run("copy", "--all", "--src-tls-verify=false", "docker://" + image, "oci:" + received + ":pulled");
    }

    @Override
    public void copy(String image, String to) {
        skopeo.run("copy", "--src-tls-verify=false", "--dest-tls-verify=false", "docker://" + image, "docker://" + to);
    }

    @Override
    public List<String> tags(String repository) {
        String listed = skopeo.run("list-tags", "--tls-verify=false", "docker://" + repository);
        return RegistryImage.parse(listed.getBytes(UTF_8)).getJsonArray("Tags").getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .toList();
    }

    @Override
    public void delete(String image) {
        skopeo.run("delete", "--tls-verify=false", "docker://" + image);
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
    void whatAClientInspectsIsWhatWasPushed() {
        push("amd64", "skopeo/inspected:1");

        assertThat(skopeo.run("inspect", "--tls-verify=false", docker("skopeo/inspected:1")))
                .contains(layout.digest("amd64").toString());
    }

    private void push(String tag, String image, String... options) {
        List<String> fixed = List.of("copy", "--dest-tls-verify=false", layout.reference(tag), docker(image));
        skopeo.run(Stream.concat(fixed.stream(), Stream.of(options)).toArray(String[]::new));
    }

    private String docker(String image) {
        return "docker://" + server.authority() + "/" + image;
    }
}
