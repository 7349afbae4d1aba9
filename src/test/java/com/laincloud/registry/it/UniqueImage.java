package com.laincloud.registry.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * An image that shares no byte with any other, and that its seed can bring back.
 *
 * @param blobs its config, then its one to four layers of up to 512 KiB
 */
record UniqueImage(List<byte[]> blobs, String manifest) {

    private static final int LARGEST_LAYER = 512 << 10;

    static UniqueImage of(long seed) {
        Random random = new Random(seed);
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"seed\":" + seed + "}").getBytes(UTF_8);
        List<byte[]> blobs = new ArrayList<>(List.of(config));
        JsonArrayBuilder layers = Json.createArrayBuilder();
        for (int left = random.nextInt(1, 5); left > 0; left--) {
            // most layers are small and a few are large, as in real images
            byte[] layer = new byte[1 + random.nextInt(1 + random.nextInt(LARGEST_LAYER))];
            random.nextBytes(layer);
            blobs.add(layer);
            layers.add(descriptor("application/vnd.oci.image.layer.v1.tar", layer));
        }
        String manifest = Json.createObjectBuilder()
                .add("schemaVersion", 2)
                .add("mediaType", MediaTypes.OCI_MANIFEST)
                .add("config", descriptor("application/vnd.oci.image.config.v1+json", config))
                .add("layers", layers)
                .add("annotations", Json.createObjectBuilder().add("seed", Long.toString(seed)))
                .build()
                .toString();
        return new UniqueImage(blobs, manifest);
    }

    /** The manifest as it is pushed. */
    byte[] payload() {
        return manifest.getBytes(UTF_8);
    }

    private static JsonObjectBuilder descriptor(String mediaType, byte[] content) {
        return Json.createObjectBuilder()
                .add("mediaType", mediaType)
                .add("digest", RegistryClient.digest(content).toString())
                .add("size", content.length);
    }
}
