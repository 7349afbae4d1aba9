package com.laincloud.registry.adoption;

import com.laincloud.registry.index.ManifestBatch;
import com.laincloud.registry.index.StoredManifest;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.oci.RegistryException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A manifest of the tree, which keeps bytes and says nothing of their type. */
final class TreeManifest {

    /**
     * What a text may be that does not say it by itself, or no longer: of a signed manifest of schema 1, only what was
     * signed is stored, and OCI's own need not name their type.
     */
    private static final List<String> UNSAID =
            List.of(MediaTypes.SCHEMA1, MediaTypes.OCI_MANIFEST, MediaTypes.OCI_INDEX);

    /** The length of a blob whose length is stated nowhere. */
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

    /** @throws RegistryException that says what is wrong with it, if it is none */
    static TreeManifest parse(Digest digest, byte[] payload, Instant pushedAt) {
        RegistryException asItStands;
        try {
            return of(digest, ManifestParser.parse(payload, null), payload, pushedAt);
        } catch (RegistryException e) {
            asItStands = e;
        }
        for (String mediaType : UNSAID) {
            try {
                return of(digest, ManifestParser.parse(payload, mediaType), payload, pushedAt);
            } catch (RegistryException e) {
                // it is not that
            }
        }
        throw asItStands;
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

    /** As it goes into the index. */
    ManifestBatch.Entry entry() {
        return new ManifestBatch.Entry(
                new StoredManifest(digest, mediaType, payload),
                artifactType,
                subject,
                pushedAt,
                blobs.stream().map(Need::digest).toList(),
                children);
    }

    boolean isIndex() {
        return MediaTypes.IMAGE_INDEXES.contains(mediaType);
    }

    private static TreeManifest of(Digest digest, Manifest manifest, byte[] payload, Instant pushedAt) {
        Descriptor subject = manifest.subject();
        return new TreeManifest(
                digest,
                manifest.mediaType(),
                manifest.artifactType(),
                subject == null ? null : subject.digest(),
                manifest.requiredBlobs().stream()
                        .map(blob -> new Need(blob.digest(), manifest.statesSizes() ? blob.size() : UNKNOWN))
                        .collect(Collectors.toCollection(LinkedHashSet::new)),
                manifest.children().stream()
                        .map(Descriptor::digest)
                        .collect(Collectors.toCollection(LinkedHashSet::new)),
                payload,
                pushedAt);
    }
}
