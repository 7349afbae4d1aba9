package com.laincloud.registry.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An image of schema 2 as docker builds it: some layers, and two steps that have none. */
public final class DockerImage {

    static final String TYPE = MediaTypes.DOCKER_MANIFEST;

    /** When docker says that it was built. */
    public static final String CREATED = "2026-11-24T13:57:41.123456789Z";

    private final List<byte[]> layers;
    private final byte[] config;

    private DockerImage(List<byte[]> layers, byte[] config) {
        this.layers = layers;
        this.config = config;
    }

    /** An image of these layers. Another note makes another image. */
    public static DockerImage of(String note, byte[]... layers) {
        return new DockerImage(List.of(layers), config(note, List.of(layers)));
    }

    /** Pushes the parts of an image to a repository, and gives its manifest. Another note makes another image. */
    static byte[] push(RegistryClient client, String repository, String note) {
        DockerImage image = of(note, ("lower " + note).getBytes(UTF_8), ("upper " + note).getBytes(UTF_8));
        image.blobs().forEach(blob -> client.pushBlob(repository, blob));
        return image.manifest();
    }

    /** The layers, and then the configuration. */
    public List<byte[]> blobs() {
        return Stream.concat(layers.stream(), Stream.of(config)).toList();
    }

    public byte[] config() {
        return config.clone();
    }

    public byte[] manifest() {
        JsonArrayBuilder descriptors = Json.createArrayBuilder();
        for (byte[] layer : layers) {
            descriptors.add(descriptor(
                    "application/vnd.docker.image.rootfs.diff.tar.gzip", RegistryClient.digest(layer), layer.length));
        }
        return Json.createObjectBuilder()
                .add("schemaVersion", 2)
                .add("mediaType", TYPE)
                .add(
                        "config",
                        descriptor(
                                "application/vnd.docker.container.image.v1+json",
                                RegistryClient.digest(config),
                                config.length))
                .add("layers", descriptors)
                .build()
                .toString()
                .getBytes(UTF_8);
    }

    /** A manifest list of images, each with its platform, {@code os/architecture}. */
    @SafeVarargs
    static byte[] list(Map.Entry<String, byte[]>... images) {
        JsonArrayBuilder manifests = Json.createArrayBuilder();
        for (Map.Entry<String, byte[]> image : images) {
            String[] platform = image.getKey().split("/", 2);
            manifests.add(descriptor(TYPE, RegistryClient.digest(image.getValue()), image.getValue().length)
                    .add(
                            "platform",
                            Json.createObjectBuilder().add("os", platform[0]).add("architecture", platform[1])));
        }
        return Json.createObjectBuilder()
                .add("schemaVersion", 2)
                .add("mediaType", MediaTypes.DOCKER_MANIFEST_LIST)
                .add("manifests", manifests)
                .build()
                .toString()
                .getBytes(UTF_8);
    }

    private static byte[] config(String note, List<byte[]> layers) {
        JsonArrayBuilder diffIds = Json.createArrayBuilder();
        JsonArrayBuilder history = Json.createArrayBuilder();
        for (byte[] layer : layers) {
            diffIds.add(RegistryClient.digest(layer).toString());
            history.add(step("ADD " + RegistryClient.digest(layer)));
        }
        history.add(1, step("ENV note=" + note).add("empty_layer", true));
        history.add(step("CMD [\"run\"]").add("empty_layer", true));
        JsonObjectBuilder run = Json.createObjectBuilder()
                .add("Cmd", Json.createArrayBuilder().add("run"))
                .add("Env", Json.createArrayBuilder().add("note=" + note));
        return Json.createObjectBuilder()
                .add("architecture", "amd64")
                .add("os", "linux")
                .add("created", CREATED)
                .add("config", run)
                .add("container_config", run)
                .add("rootfs", Json.createObjectBuilder().add("type", "layers").add("diff_ids", diffIds))
                .add("history", history)
                .build()
                .toString()
                .getBytes(UTF_8);
    }

    private static JsonObjectBuilder step(String command) {
        return Json.createObjectBuilder().add("created", "2026-11-24T13:57:40Z").add("created_by", command);
    }

    private static JsonObjectBuilder descriptor(String mediaType, Digest digest, long size) {
        return Json.createObjectBuilder()
                .add("mediaType", mediaType)
                .add("digest", digest.toString())
                .add("size", size);
    }
}
