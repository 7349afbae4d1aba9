package com.laincloud.registry.it;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Small manifests for tests that are not about their content. */
final class SampleManifests {

    static final String TYPE = MediaTypes.OCI_MANIFEST;

    private SampleManifests() {}

    /** An OCI image without layers. */
    static byte[] image(Digest config, long size) {
        return image(config, size, "");
    }

    /** An OCI image without layers; a different note makes a different digest. */
    static byte[] image(Digest config, long size, String note) {
        return """
                {"schemaVersion":2,"mediaType":"%s",
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
                "layers":[],"annotations":{"note":"%s"}}""".formatted(TYPE, config, size, note).getBytes(StandardCharsets.UTF_8);
    }

    /** An OCI index of these images, or of indexes that are said to be images. */
    static byte[] index(byte[]... manifests) {
        String descriptors = Arrays.stream(manifests)
                .map(manifest -> "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                        .formatted(TYPE, RegistryClient.digest(manifest), manifest.length))
                .collect(Collectors.joining(","));
        return """
                {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}""".formatted(MediaTypes.OCI_INDEX, descriptors).getBytes(StandardCharsets.UTF_8);
    }
}
