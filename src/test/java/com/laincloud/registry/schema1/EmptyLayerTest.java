package com.laincloud.registry.schema1;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class EmptyLayerTest {

    @Test
    void itIsTheOneThatAllOfTheWorldCallsByItsDigest() throws IOException {
        byte[] content = EmptyLayer.content();

        assertThat(Digest.of(DigestAlgorithm.SHA256, content)).isEqualTo(EmptyLayer.DIGEST);
        try (GZIPInputStream archive = new GZIPInputStream(new ByteArrayInputStream(content))) {
            assertThat(archive.readAllBytes()).isEqualTo(new byte[1024]);
        }
    }
}
