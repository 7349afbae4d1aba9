package com.laincloud.registry.it.clients;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.Alone;
import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Schema 1 with the clients that still speak it, and with the registry that spoke it first. */
@Alone
@ExtendWith(SharedRegistryServer.class)
class Schema1ClientsIT {

    private final RegistryServer server;
    private final RegistryClient client;
    private final Path directory;
    private final CommandLineClient skopeo;
    private final ImageLayout layout;

    Schema1ClientsIT(RegistryServer server, RegistryClient client, @TempDir Path directory) {
        this.server = server;
        this.client = client;
        this.directory = directory;
        this.skopeo =
                new CommandLineClient(directory.resolve("home"), List.of("skopeo", "--insecure-policy"), Map.of());
        this.layout = new ImageLayout(directory.resolve("layout"));
        layout.tag("sample", layout.addImage("amd64", SampleLayers.of(1200)));
    }

    @Test
    void whatSkopeoPushesInSchema1ItPullsWithEveryLayer() {
        push(server.authority(), "schema1/skopeo:old", "v2s1");

        HttpResponse<byte[]> stored = expect(200, client.get("/v2/schema1/skopeo/manifests/old"));
        assertThat(header(stored, "Content-Type")).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
        assertThat(skopeo.run("inspect", "--tls-verify=false", docker("schema1/skopeo:old")))
                .contains(header(stored, "Docker-Content-Digest"));
        assertThat(skopeo.run("inspect", "--raw", "--tls-verify=false", docker("schema1/skopeo:old")))
                .isEqualTo(new String(stored.body(), StandardCharsets.UTF_8));
        assertEveryLayerComes("schema1/skopeo:old");
    }

    @Test
    void skopeoPullsWhatWasConverted() {
        push(server.authority(), "schema1/converted:new", "v2s2");
        storeConverted("schema1/converted");

        assertEveryLayerComes("schema1/converted:old");
    }

    @Test
    void dockerPullsWhatIsStoredAndWhatWasConverted() throws IOException {
        push(server.authority(), "schema1/docker:stored", "v2s1");
        push(server.authority(), "schema1/docker:new", "v2s2");
        storeConverted("schema1/docker");
        try (DockerDaemon daemon = new DockerDaemon(Files.createDirectory(directory.resolve("docker")))) {
            CommandLineClient docker = daemon.client();
            Path layers = directory.resolve("files.tar");
            for (String tag : List.of("new", "stored", "old")) {
                String image = server.authority() + "/schema1/docker:" + tag;
                docker.run("pull", image);
                String container = docker.run("create", image).strip();
                docker.run("export", "--output", layers.toString(), container);
                assertThat(ArchiveContents.of(layers)).as(tag).containsKeys("app/current", "var/cache/new");
                assertThat(docker.run("inspect", "--format={{.Config.Cmd}} {{len .RootFS.Layers}}", image))
                        .as(tag)
                        .contains("[/bin/true] 5");
            }
        }
    }

    @Test
    void dockerDistributionConvertsTheSameImageTheSameWay() throws IOException {
        try (DockerRegistry other = new DockerRegistry(Files.createDirectory(directory.resolve("other")))) {
            push(other.authority(), "schema1/compared:new", "v2s2");
            push(server.authority(), "schema1/compared:new", "v2s2");

            JsonObject theirs = silently(new RegistryClient(other.uri()), "schema1/compared/manifests/new");
            JsonObject ours = silently(client, "schema1/compared/manifests/new");

            for (String field : List.of("schemaVersion", "name", "tag", "architecture", "fsLayers")) {
                assertThat(ours.get(field)).as(field).isEqualTo(theirs.get(field));
            }
            assertThat(images(ours)).hasSize(6).isEqualTo(images(theirs));
        }
    }

    /** Each takes what the other signed. */
    @Test
    void dockerDistributionTakesWhatWeSignedAndWeTakeWhatItSigned() throws IOException {
        try (DockerRegistry other = new DockerRegistry(Files.createDirectory(directory.resolve("other")))) {
            RegistryClient theirs = new RegistryClient(other.uri());
            push(other.authority(), "schema1/exchanged:new", "v2s2");
            push(server.authority(), "schema1/exchanged:new", "v2s2");
            HttpResponse<byte[]> fromUs = expect(200, client.get("/v2/schema1/exchanged/manifests/new"));
            HttpResponse<byte[]> fromThem = expect(200, theirs.get("/v2/schema1/exchanged/manifests/new"));

            HttpResponse<byte[]> toThem = expect(201, theirs.put("/v2/schema1/exchanged/manifests/old", fromUs.body()));
            HttpResponse<byte[]> toUs = expect(201, client.put("/v2/schema1/exchanged/manifests/old", fromThem.body()));

            assertThat(header(toThem, "Docker-Content-Digest")).isEqualTo(header(fromUs, "Docker-Content-Digest"));
            assertThat(header(toUs, "Docker-Content-Digest")).isEqualTo(header(fromThem, "Docker-Content-Digest"));
        }
    }

    private void push(String authority, String image, String format) {
        skopeo.run(
                "copy",
                "--dest-tls-verify=false",
                "--format",
                format,
                layout.reference("sample"),
                "docker://" + authority + "/" + image);
    }

    /** Has the registry convert {@code new}, and stores what it gives as {@code old}, where every client must take it. */
    private void storeConverted(String repository) {
        byte[] converted =
                expect(200, client.get("/v2/" + repository + "/manifests/new")).body();
        expect(201, client.put("/v2/" + repository + "/manifests/old", converted));
    }

    private void assertEveryLayerComes(String image) {
        Path copy = directory.resolve("copy");
        skopeo.run("copy", "--src-tls-verify=false", docker(image), "dir:" + copy);
        for (byte[] layer : SampleLayers.of(1200)) {
            String file = RegistryClient.digest(LayerArchive.gzip(layer)).encoded();
            assertThat(copy.resolve(file)).exists();
        }
        skopeo.run(
                "copy",
                "--src-tls-verify=false",
                docker(image),
                "docker-archive:" + directory.resolve("archive.tar") + ":sample:1");
        assertThat(directory.resolve("archive.tar")).isNotEmptyFile();
    }

    private static JsonObject silently(RegistryClient client, String path) {
        HttpResponse<byte[]> answer = expect(200, client.get("/v2/" + path));
        assertThat(header(answer, "Content-Type")).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
        return RegistryClient.json(answer);
    }

    private static List<JsonObject> images(JsonObject manifest) {
        return manifest.getJsonArray("history").getValuesAs(JsonObject.class).stream()
                .map(entry ->
                        RegistryImage.parse(entry.getString("v1Compatibility").getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private String docker(String image) {
        return "docker://" + server.authority() + "/" + image;
    }
}
