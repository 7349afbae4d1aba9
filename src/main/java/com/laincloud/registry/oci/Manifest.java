package com.laincloud.registry.oci;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the registry needs to know of a manifest; its bytes are kept apart, exactly as they came. */
public sealed interface Manifest {

    /** The media type it declares, or was sent with. */
    String mediaType();

    /**
     * The type of the artifact it describes, as referrers are listed: its own {@code artifactType}, else its config's
     * media type, else none, as of an index.
     *
     * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers">
     *     distribution-spec, listing referrers</a>
     */
    @Nullable
    String artifactType();

    /** The manifest it is attached to, which need not exist yet. */
    @Nullable
    Descriptor subject();

    /** What its author noted about it; empty if nothing. */
    Map<String, String> annotations();

    /** Its config and layers, in the repository or not. */
    List<Descriptor> blobs();

    /** Blobs that must be in the repository before the manifest may be: all that are not fetched from elsewhere. */
    default List<Descriptor> requiredBlobs() {
        return blobs().stream().filter(blob -> !blob.isElsewhere()).toList();
    }

    /** Whether it says how long its blobs are. */
    default boolean statesSizes() {
        return true;
    }

    /** Manifests that must be in the repository before the manifest may be. */
    List<Descriptor> children();

    /** The bytes that its digest is the hash of: its payload, except where signatures stand in it. */
    default byte[] canonical(byte[] payload) {
        return payload;
    }

    /** Everything it describes, in the repository or not. */
    default List<Descriptor> descriptors() {
        return Stream.concat(blobs().stream(), children().stream()).toList();
    }

    /**
     * An image: a config and its layers.
     *
     * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md">image-spec, manifest</a>
     */
    record ImageManifest(
            String mediaType,
            @Nullable String artifactType,
            Descriptor config,
            List<Descriptor> layers,
            @Nullable Descriptor subject,
            Map<String, String> annotations)
            implements Manifest {

        @Override
        public List<Descriptor> blobs() {
            return Stream.concat(Stream.of(config), layers.stream()).toList();
        }

        @Override
        public List<Descriptor> children() {
            return List.of();
        }
    }

    /**
     * An index: manifests for several platforms, or of several artifacts.
     *
     * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md">image-spec, image index</a>
     */
    record ImageIndex(
            String mediaType,
            @Nullable String artifactType,
            List<Descriptor> children,
            @Nullable Descriptor subject,
            Map<String, String> annotations)
            implements Manifest {

        @Override
        public List<Descriptor> blobs() {
            return List.of();
        }
    }

    /**
     * An image of schema 1: layers, and for each of them a configuration that is a text within the manifest.
     *
     * @param layers from the topmost down; one may stand there several times
     * @param signatures none if it came without
     * @see <a href="https://distribution.github.io/distribution/spec/manifest-v2-1/">Docker, manifest version 2, schema
     *     1</a>
     */
    record Schema1Manifest(
            String mediaType, RepositoryName name, String tag, List<Digest> layers, List<JsonSignature> signatures)
            implements Manifest {

        private static final String LAYER = "application/vnd.docker.container.image.rootfs.diff+x-gtar";

        @Override
        public @Nullable String artifactType() {
            return null;
        }

        @Override
        public @Nullable Descriptor subject() {
            return null;
        }

        @Override
        public Map<String, String> annotations() {
            return Map.of();
        }

        @Override
        public boolean statesSizes() {
            return false;
        }

        @Override
        public List<Descriptor> blobs() {
            return layers.stream()
                    .distinct()
                    .map(layer -> new Descriptor(LAYER, layer, 0))
                    .toList();
        }

        @Override
        public List<Descriptor> children() {
            return List.of();
        }

        @Override
        public byte[] canonical(byte[] payload) {
            return signatures.isEmpty() ? payload : signatures.getFirst().signedPart(payload);
        }
    }
}
