package com.laincloud.registry.oci;

import com.laincloud.registry.oci.Manifest.ImageIndex;
import com.laincloud.registry.oci.Manifest.ImageManifest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads manifests of the media types of {@link MediaTypes}.
 *
 * <p>A document must be understood by all readers alike: it says what it is in one way only. CVE-2021-41190 is what
 * happens otherwise: the same bytes were an image to one client and an index to another.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md">image-spec, manifest</a>
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md">image-spec, image index</a>
 */
public final class ManifestParser {

    private static final int MAX_MEDIA_TYPE_LENGTH = 255;

    /** A manifest of schema 1 may come under every other media type than these. It always could. */
    private static final Set<String> NOT_SCHEMA1 = Set.of(
            MediaTypes.OCI_MANIFEST, MediaTypes.OCI_INDEX, MediaTypes.DOCKER_MANIFEST, MediaTypes.DOCKER_MANIFEST_LIST);

    private ManifestParser() {}

    /**
     * The manifest that {@code payload} spells.
     *
     * @param contentType the media type that came with it, whose parameters do not matter; null or blank if none did, and
     *     then the document must name its own
     * @throws RegistryException {@link ErrorCode#MANIFEST_INVALID} whose detail says what is wrong, and where
     */
    public static Manifest parse(byte[] payload, @Nullable String contentType) {
        JsonFields document = new JsonFields("", JsonDocument.read(payload));
        Manifest manifest = manifest(document, payload, contentType);
        ManifestDocument.requireOneMeaning(document.object(), payload);
        return manifest;
    }

    private static Manifest manifest(JsonFields document, byte[] payload, @Nullable String contentType) {
        long schemaVersion = document.requiredInteger("schemaVersion");
        String sent = contentType == null ? "" : withoutParameters(contentType);
        if (schemaVersion == 1 && !NOT_SCHEMA1.contains(sent)) {
            return Schema1Parser.parse(document, payload, sent.equals(MediaTypes.SCHEMA1));
        }
        if (schemaVersion != 2) {
            throw document.invalid("schemaVersion", "is not 2");
        }
        ManifestDocument.requireNoSchema1(document.object());
        if (document.has("manifests") && (document.has("config") || document.has("layers"))) {
            throw new RegistryException(
                    ErrorCode.MANIFEST_INVALID, "manifests stands beside config or layers: image or index?");
        }
        String mediaType = mediaType(document, sent);
        if (MediaTypes.IMAGE_MANIFESTS.contains(mediaType)) {
            return image(document, mediaType);
        }
        if (MediaTypes.IMAGE_INDEXES.contains(mediaType)) {
            return index(document, mediaType);
        }
        throw new RegistryException(ErrorCode.MANIFEST_INVALID, "unknown media type " + mediaType);
    }

    /**
     * The first manifest of an index that is for a platform; empty if none is, or if {@code payload} spells no index.
     *
     * @param payload of an index that was parsed before
     */
    public static Optional<Digest> childFor(String os, String architecture, byte[] payload) {
        JsonFields document = new JsonFields("", JsonDocument.read(payload));
        return document.has("manifests")
                ? document.requiredObjects("manifests").stream()
                        .filter(child -> child.object("platform")
                                .filter(platform -> platform.string("os").equals(Optional.of(os)))
                                .filter(platform ->
                                        platform.string("architecture").equals(Optional.of(architecture)))
                                .isPresent())
                        .map(ManifestParser::digest)
                        .findFirst()
                : Optional.empty();
    }

    private static String mediaType(JsonFields document, String sent) {
        Optional<String> declared = document.string("mediaType");
        String mediaType = Optional.of(sent)
                .filter(type -> !type.isEmpty())
                .or(() -> declared)
                .orElseThrow(() -> document.invalid("mediaType", "is missing, and so is Content-Type"));
        if (declared.isPresent() && !declared.get().equals(mediaType)) {
            throw document.invalid("mediaType", "is " + declared.get() + ", but Content-Type is " + mediaType);
        }
        if (declared.isEmpty()
                && !mediaType.equals(MediaTypes.OCI_MANIFEST)
                && !mediaType.equals(MediaTypes.OCI_INDEX)) {
            throw document.invalid("mediaType", "is missing, which only an OCI manifest or index may do without");
        }
        return mediaType;
    }

    private static String withoutParameters(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static ImageManifest image(JsonFields document, String mediaType) {
        Descriptor config = descriptor(document.requiredObject("config"));
        return new ImageManifest(
                mediaType,
                artifactType(document).orElse(config.mediaType()),
                config,
                descriptors(document, "layers"),
                subject(document),
                annotations(document));
    }

    private static ImageIndex index(JsonFields document, String mediaType) {
        return new ImageIndex(
                mediaType,
                artifactType(document).orElse(null),
                descriptors(document, "manifests"),
                subject(document),
                annotations(document));
    }

    private static Optional<String> artifactType(JsonFields document) {
        Optional<String> artifactType = document.string("artifactType").filter(type -> !type.isEmpty());
        artifactType.ifPresent(type -> requireMediaType(document, "artifactType", type));
        return artifactType;
    }

    private static @Nullable Descriptor subject(JsonFields document) {
        return document.object("subject").map(ManifestParser::descriptor).orElse(null);
    }

    private static Map<String, String> annotations(JsonFields document) {
        return document.object("annotations").map(JsonFields::strings).orElse(Map.of());
    }

    private static List<Descriptor> descriptors(JsonFields document, String name) {
        return document.requiredObjects(name).stream()
                .map(ManifestParser::descriptor)
                .toList();
    }

    private static Descriptor descriptor(JsonFields fields) {
        String mediaType = fields.requiredString("mediaType");
        requireMediaType(fields, "mediaType", mediaType);
        long size = fields.requiredInteger("size");
        if (size < 0) {
            throw fields.invalid("size", "is negative");
        }
        return new Descriptor(
                mediaType,
                digest(fields),
                size,
                fields.strings("urls"),
                fields.object("platform").map(ManifestParser::platform).orElse(null));
    }

    private static Descriptor.Platform platform(JsonFields fields) {
        return new Descriptor.Platform(
                fields.string("architecture").orElse(""), fields.string("os").orElse(""));
    }

    private static Digest digest(JsonFields fields) {
        return fields.requiredDigest("digest");
    }

    /** What is written where a media type belongs is not judged, but can be put into headers and rows. */
    private static void requireMediaType(JsonFields fields, String name, String text) {
        if (text.isEmpty()
                || text.length() > MAX_MEDIA_TYPE_LENGTH
                || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw fields.invalid(name, "is no media type");
        }
    }
}
