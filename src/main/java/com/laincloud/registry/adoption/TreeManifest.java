package com.laincloud.registry.adoption;

import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.oci.RegistryException;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A manifest of the tree, which keeps bytes and says nothing of their type. */
final class TreeManifest {

    /** What docker/distribution stores of a signed schema 1 manifest: what was signed, without the signatures. */
    static final String SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";

    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());

    /** The length of a blob that nobody states. */
    static final long UNKNOWN = -1;

    private final Digest digest;
    private final String mediaType;
    private final @Nullable String artifactType;
    private final @Nullable Digest subject;
    private final Set<Need> blobs;
    private final Set<Digest> children;
    private final byte[] payload;
    private final Instant pushedAt;

    private TreeManifest(
            Digest digest,
            String mediaType,
            @Nullable String artifactType,
            @Nullable Digest subject,
            Set<Need> blobs,
            Set<Digest> children,
            byte[] payload,
            Instant pushedAt) {
        this.digest = digest;
        this.mediaType = mediaType;
        this.artifactType = artifactType;
        this.subject = subject;
        this.blobs = blobs;
        this.children = children;
        this.payload = payload;
        this.pushedAt = pushedAt;
    }

    /**
     * A blob that a manifest counts on.
     *
     * @param size how long the manifest says it is; of schema 1, none says so
     */
    record Need(Digest digest, long size) {}

    /** @throws RegistryException {@link ErrorCode#MANIFEST_INVALID} */
    static TreeManifest parse(Digest digest, byte[] payload, Instant pushedAt) {
        try {
            return of(digest, ManifestParser.parse(payload, null), payload, pushedAt);
        } catch (RegistryException e) {
            if (schemaVersion(payload) == 1) {
                return new TreeManifest(digest, SCHEMA1, null, null, layers(payload), Set.of(), payload, pushedAt);
            }
            if (declaresItsType(payload)) {
                throw e;
            }
        }
        return of(digest, untyped(payload), payload, pushedAt);
    }

    Digest digest() {
        return digest;
    }

    String mediaType() {
        return mediaType;
    }

    @Nullable
    String artifactType() {
        return artifactType;
    }

    @Nullable
    Digest subject() {
        return subject;
    }

    /** What must be there before it may be. */
    Set<Need> blobs() {
        return blobs;
    }

    /** The manifests it lists. */
    Set<Digest> children() {
        return children;
    }

    /** Its bytes, exactly as they lie in the tree; not to be changed. */
    byte[] payload() {
        return payload;
    }

    Instant pushedAt() {
        return pushedAt;
    }

    boolean isIndex() {
        return MediaTypes.IMAGE_INDEXES.contains(mediaType);
    }

    /** Only OCI's own need not say what they are: one with a list of manifests is an index, any other an image. */
    private static Manifest untyped(byte[] payload) {
        return ManifestParser.parse(
                payload, read(payload).containsKey("manifests") ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST);
    }

    private static TreeManifest of(Digest digest, Manifest manifest, byte[] payload, Instant pushedAt) {
        Descriptor subject = manifest.subject();
        return new TreeManifest(
                digest,
                manifest.mediaType(),
                manifest.artifactType(),
                subject == null ? null : subject.digest(),
                manifest.requiredBlobs().stream()
                        .map(blob -> new Need(blob.digest(), blob.size()))
                        .collect(Collectors.toCollection(LinkedHashSet::new)),
                manifest.children().stream()
                        .map(Descriptor::digest)
                        .collect(Collectors.toCollection(LinkedHashSet::new)),
                payload,
                pushedAt);
    }

    private static int schemaVersion(byte[] payload) {
        return read(payload).getInt("schemaVersion", 0);
    }

    private static boolean declaresItsType(byte[] payload) {
        return !read(payload).getString("mediaType", "").isEmpty();
    }

    private static Set<Need> layers(byte[] payload) {
        try {
            List<JsonObject> layers = read(payload).getJsonArray("fsLayers").getValuesAs(JsonObject.class);
            return layers.stream()
                    .map(layer -> new Need(Digest.valueOf(layer.getString("blobSum")), UNKNOWN))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        } catch (NullPointerException | ClassCastException e) {
            throw new RegistryException(ErrorCode.MANIFEST_INVALID, "fsLayers is no list of layers");
        }
    }

    private static JsonObject read(byte[] payload) {
        try (JsonReader reader = READERS.createReader(new ByteArrayInputStream(payload))) {
            return reader.readObject();
        } catch (JsonException | IllegalStateException | NumberFormatException | NoSuchElementException e) {
            throw new RegistryException(ErrorCode.MANIFEST_INVALID, "no JSON object: " + e.getMessage());
        }
    }
}
