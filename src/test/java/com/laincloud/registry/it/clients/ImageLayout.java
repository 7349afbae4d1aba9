package com.laincloud.registry.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An OCI image layout in a directory, written here byte by byte, so that a test knows what it sent.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md">image-spec, layouts</a>
 */
final class ImageLayout {

    private static final String CREATED = "2026-11-24T13:57:41.123456789Z";

    private final Path directory;
    private final Map<String, JsonObject> tags = new LinkedHashMap<>();

    ImageLayout(Path directory) {
        this.directory = directory;
        write(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
    }

    /** Adds an image of these uncompressed layers, gzipped here, and gives its descriptor. */
    JsonObject addImage(String architecture, List<byte[]> layers) {
        JsonArrayBuilder diffIds = Json.createArrayBuilder();
        JsonArrayBuilder descriptors = Json.createArrayBuilder();
        JsonArrayBuilder history = Json.createArrayBuilder();
        for (byte[] layer : layers) {
            history.add(step("COPY " + RegistryClient.digest(layer)));
            diffIds.add(RegistryClient.digest(layer).toString());
            descriptors.add(add("application/vnd.oci.image.layer.v1.tar+gzip", LayerArchive.gzip(layer)));
        }
        history.add(step("CMD /bin/true").add("empty_layer", true));
        JsonObject config = Json.createObjectBuilder()
                .add("architecture", architecture)
                .add("os", "linux")
                .add("created", CREATED)
                .add("config", Json.createObjectBuilder().add("Cmd", Json.createArrayBuilder(List.of("/bin/true"))))
                .add("rootfs", Json.createObjectBuilder().add("type", "layers").add("diff_ids", diffIds))
                .add("history", history)
                .build();
        JsonObject manifest = Json.createObjectBuilder()
                .add("schemaVersion", 2)
                .add("mediaType", MediaTypes.OCI_MANIFEST)
                .add("config", add("application/vnd.oci.image.config.v1+json", bytes(config)))
                .add("layers", descriptors)
                .build();
        JsonObjectBuilder platform =
                Json.createObjectBuilder().add("architecture", architecture).add("os", "linux");
        return Json.createObjectBuilder(add(MediaTypes.OCI_MANIFEST, bytes(manifest)))
                .add("platform", platform)
                .build();
    }

    /** Adds an artifact of one file, about {@code subject} if that is not null, and gives its descriptor. */
    JsonObject addArtifact(String artifactType, byte[] content, @Nullable JsonObject subject) {
        JsonObjectBuilder manifest = Json.createObjectBuilder()
                .add("schemaVersion", 2)
                .add("mediaType", MediaTypes.OCI_MANIFEST)
                .add("artifactType", artifactType)
                .add("config", add("application/vnd.oci.empty.v1+json", "{}".getBytes(UTF_8)))
                .add("layers", Json.createArrayBuilder().add(add(artifactType, content)));
        if (subject != null) {
            manifest.add("subject", subject);
        }
        return add(MediaTypes.OCI_MANIFEST, bytes(manifest.build()));
    }

    /** Adds an index of these images and gives its descriptor. */
    JsonObject addIndex(List<JsonObject> images) {
        return add(MediaTypes.OCI_INDEX, bytes(index(images)));
    }

    /** Names an image or index, and writes the layout's own index anew. */
    void tag(String name, JsonObject descriptor) {
        JsonObjectBuilder annotations = Json.createObjectBuilder().add("org.opencontainers.image.ref.name", name);
        tags.put(
                name,
                Json.createObjectBuilder(descriptor)
                        .add("annotations", annotations)
                        .build());
        write(directory.resolve("index.json"), bytes(index(tags.values())));
    }

    /** The digest of what is tagged {@code name} here. */
    Digest digest(String name) {
        return Digest.valueOf(requireNonNull(tags.get(name)).getString("digest"));
    }

    Path directory() {
        return directory;
    }

    /** How skopeo and podman call what is tagged {@code name} here. */
    String reference(String name) {
        return "oci:" + directory + ":" + name;
    }

    /**
     * The digests of all that hangs below {@code root} in a layout, itself included; fails unless the file of each
     * hashes to it, so that equal answers for two layouts mean equal bytes.
     */
    static SortedSet<String> graph(Path layout, Digest root) {
        SortedSet<String> digests = new TreeSet<>();
        Deque<Digest> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            Digest next = pending.remove();
            byte[] content = read(blob(layout, next));
            assertThat(RegistryClient.digest(content)).isEqualTo(next);
            if (digests.add(next.toString()) && content[0] == '{') {
                pending.addAll(children(RegistryImage.parse(content)));
            }
        }
        return digests;
    }

    private static List<Digest> children(JsonObject manifest) {
        List<JsonObject> descriptors = new ArrayList<>();
        for (String list : List.of("manifests", "layers")) {
            if (manifest.containsKey(list)) {
                descriptors.addAll(manifest.getJsonArray(list).getValuesAs(JsonObject.class));
            }
        }
        if (manifest.containsKey("schemaVersion") && manifest.containsKey("config")) {
            descriptors.add(manifest.getJsonObject("config"));
        }
        return descriptors.stream()
                .map(descriptor -> Digest.valueOf(descriptor.getString("digest")))
                .toList();
    }

    private static Path blob(Path layout, Digest digest) {
        return layout.resolve("blobs").resolve(digest.algorithm().identifier()).resolve(digest.encoded());
    }

    private static JsonObjectBuilder step(String command) {
        return Json.createObjectBuilder().add("created", CREATED).add("created_by", command);
    }

    private static JsonObject index(Collection<JsonObject> manifests) {
        return Json.createObjectBuilder()
                .add("schemaVersion", 2)
                .add("mediaType", MediaTypes.OCI_INDEX)
                .add("manifests", Json.createArrayBuilder(manifests))
                .build();
    }

    private JsonObject add(String mediaType, byte[] content) {
        Digest digest = RegistryClient.digest(content);
        write(blob(directory, digest), content);
        return Json.createObjectBuilder()
                .add("mediaType", mediaType)
                .add("digest", digest.toString())
                .add("size", content.length)
                .build();
    }

    private static byte[] bytes(JsonObject object) {
        return object.toString().getBytes(UTF_8);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
