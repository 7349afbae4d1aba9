package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypesTest {

    @Test
    void noTypeIsBothAnImageAndAnIndex() {
        assertThat(MediaTypes.IMAGE_MANIFESTS).doesNotContainAnyElementsOf(MediaTypes.IMAGE_INDEXES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                "application/vnd.oci.image.layer.nondistributable.v1.tar",
                "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
            })
    void foreignLayersMayBeAbsent(String mediaType) {
        assertThat(MediaTypes.isNonDistributable(mediaType)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "application/vnd.oci.image.layer.v1.tar+gzip",
                "application/vnd.oci.image.config.v1+json",
                "application/vnd.oci.empty.v1+json",
                "",
            })
    void everythingElseMustBeThere(String mediaType) {
        assertThat(MediaTypes.isNonDistributable(mediaType)).isFalse();
    }
}
