package com.laincloud.registry.oci;

import java.util.Set;

/** The media types of manifests and of the parts that the registry must know. */
public final class MediaTypes {

    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    public static final String SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";

    /** Manifests that list a config and layers. */
    public static final Set<String> IMAGE_MANIFESTS = Set.of(OCI_MANIFEST, DOCKER_MANIFEST);
    /** Manifests that list other manifests. */
    public static final Set<String> IMAGE_INDEXES = Set.of(OCI_INDEX, DOCKER_MANIFEST_LIST);

    /** Manifests of before a config was a blob of its own. */
    public static final Set<String> SCHEMA1_MANIFESTS = Set.of(SCHEMA1_SIGNED, SCHEMA1);

    /** Layers that may not be spread, so that manifests say where they are fetched from. */
    private static final Set<String> NON_DISTRIBUTABLE_LAYERS = Set.of(
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            "application/vnd.docker.image.rootfs.foreign.diff.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd");

    private MediaTypes() {}

    /** Whether a layer of this media type may be fetched from elsewhere than the repository. */
    public static boolean isNonDistributable(String mediaType) {
        return NON_DISTRIBUTABLE_LAYERS.contains(mediaType);
    }
}
