package com.laincloud.registry.schema1;

import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.ImageConfig;
import com.laincloud.registry.oci.ImageConfig.HistoryEntry;
import com.laincloud.registry.oci.Manifest.ImageManifest;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites an image of schema 2 in schema 1. What is one configuration there is one for each step of the history here, each
 * with a number that follows from its layer and the one below, and the topmost one says how the image is run. A step
 * without a layer has the empty one and is marked {@code throwaway}: clients drop it again.
 *
 * <p>Same image, same name, same tag: same bytes, and the numbers are those that docker/distribution gives.
 */
final class Conversion {

    /** An image has a few dozen of them. Each becomes ten times as long as it may be in a configuration. */
    private static final int MAX_HISTORY = 4096;

    private static final String ZERO_TIME = "0001-01-01T00:00:00Z";

    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

    private final String architecture;
    private final List<HistoryEntry> history;
    private final List<Digest> blobs = new ArrayList<>();
    private final List<JsonObject> images = new ArrayList<>();

    /**
     * @param content the bytes of the image's configuration
     * @throws RegistryException {@link ErrorCode#MANIFEST_INVALID} if it cannot be said in schema 1
     */
    Conversion(ImageManifest manifest, byte[] content) {
        ImageConfig config = ImageConfig.parse(content);
        this.architecture = config.architecture();
        this.history = history(config);
        requireThatLayersMatch(manifest, config);
        Iterator<Descriptor> layers = manifest.layers().iterator();
        String parent = "";
        for (int i = 0; i < history.size(); i++) {
            HistoryEntry entry = history.get(i);
            boolean isTop = i == history.size() - 1;
            Digest blob = entry.emptyLayer() ? EmptyLayer.DIGEST : layers.next().digest();
            String id = id(blob, parent, isTop ? content : null);
            blobs.add(blob);
            images.add(isTop ? top(config, entry, id, parent) : intermediate(entry, id, parent));
            parent = id;
        }
    }

    /** Whether any layer of it is the empty one. */
    boolean hasEmptyLayers() {
        return history.stream().anyMatch(HistoryEntry::emptyLayer);
    }

    /** The manifest, not signed yet. */
    byte[] manifest(RepositoryName repository, Tag tag) {
        JsonArrayBuilder layers = JSON.createArrayBuilder();
        blobs.reversed().forEach(blob -> layers.add(JSON.createObjectBuilder().add("blobSum", blob.toString())));
        JsonArrayBuilder compatibility = JSON.createArrayBuilder();
        images.reversed()
                .forEach(image ->
                        compatibility.add(JSON.createObjectBuilder().add("v1Compatibility", image.toString())));
        return JSON.createObjectBuilder()
                .add("schemaVersion", 1)
                .add("name", repository.value())
                .add("tag", tag.name())
                .add("architecture", architecture)
                .add("fsLayers", layers)
                .add("history", compatibility)
                .build()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** An image that keeps no history was made of its layers, one after the other, which is history enough. */
    private static List<HistoryEntry> history(ImageConfig config) {
        if (config.history().size() > MAX_HISTORY) {
            throw invalid("its history has more than " + MAX_HISTORY + " entries");
        }
        return config.history().isEmpty()
                ? Collections.nCopies(config.layers(), new HistoryEntry("", "", "", "", false))
                : config.history();
    }

    private void requireThatLayersMatch(ImageManifest manifest, ImageConfig config) {
        long steps = history.stream().filter(entry -> !entry.emptyLayer()).count();
        int layers = manifest.layers().size();
        if (history.isEmpty() || steps != layers || config.layers() != layers) {
            throw invalid("it has %d layers, its configuration %d, and its history %d"
                    .formatted(layers, config.layers(), steps));
        }
        if (manifest.layers().stream().map(Descriptor::mediaType).anyMatch(MediaTypes::isNonDistributable)) {
            throw invalid("a layer of it lies elsewhere");
        }
    }

    private static JsonObject intermediate(HistoryEntry entry, String id, String parent) {
        JsonObjectBuilder image = JSON.createObjectBuilder().add("id", id);
        addIfAny(image, "parent", parent);
        addIfAny(image, "comment", entry.comment());
        image.add("created", entry.created().isEmpty() ? ZERO_TIME : entry.created())
                .add(
                        "container_config",
                        JSON.createObjectBuilder()
                                .add("Cmd", JSON.createArrayBuilder().add(entry.createdBy())));
        addIfAny(image, "author", entry.author());
        return marked(image, entry);
    }

    private static JsonObject top(ImageConfig config, HistoryEntry entry, String id, String parent) {
        JsonObjectBuilder image = JSON.createObjectBuilder(config.document())
                .remove("rootfs")
                .remove("history")
                .remove("parent")
                .remove("throwaway")
                .add("id", id);
        addIfAny(image, "parent", parent);
        return marked(image, entry);
    }

    private static JsonObject marked(JsonObjectBuilder image, HistoryEntry entry) {
        return (entry.emptyLayer() ? image.add("throwaway", true) : image).build();
    }

    private static void addIfAny(JsonObjectBuilder image, String name, String value) {
        if (!value.isEmpty()) {
            image.add(name, value);
        }
    }

    private static String id(Digest blob, String parent, byte @Nullable [] config) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes((blob.encoded() + " " + parent).getBytes(StandardCharsets.US_ASCII));
        if (config != null) {
            text.write(' ');
            text.writeBytes(config);
        }
        return Digest.of(DigestAlgorithm.SHA256, text.toByteArray()).encoded();
    }

    private static RegistryException invalid(String detail) {
        return new RegistryException(ErrorCode.MANIFEST_INVALID, "schema 1 cannot say it: " + detail);
    }
}
