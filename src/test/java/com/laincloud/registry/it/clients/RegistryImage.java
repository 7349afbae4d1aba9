package com.laincloud.registry.it.clients;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.oci.Digest;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * An image as the registry holds it.
 *
 * @param digest of its manifest
 * @param config the digest of its config, which docker and podman call the image's id
 * @param layers its layers uncompressed, from the lowest up
 */
record RegistryImage(Digest digest, Digest config, List<byte[]> layers) {

    /** Pulls the whole image; fails unless every part is there and hashes to its digest. */
    static RegistryImage pull(RegistryClient client, String repository, String reference) {
        byte[] payload = client.pullManifest(repository, reference);
        JsonObject manifest = parse(payload);
        Digest config = Digest.valueOf(manifest.getJsonObject("config").getString("digest"));
        client.pullBlob(repository, config);
        List<byte[]> layers = manifest.getJsonArray("layers").getValuesAs(JsonObject.class).stream()
                .map(layer -> gunzip(client.pullBlob(repository, Digest.valueOf(layer.getString("digest")))))
                .toList();
        return new RegistryImage(RegistryClient.digest(payload), config, layers);
    }

    /** {@code payload} as a JSON object. */
    static JsonObject parse(byte[] payload) {
        try (JsonReader reader = Json.createReader(new ByteArrayInputStream(payload))) {
            return reader.readObject();
        }
    }

    private static byte[] gunzip(byte[] content) {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(content))) {
            return gzip.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
