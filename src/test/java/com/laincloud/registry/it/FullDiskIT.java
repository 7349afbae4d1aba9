package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A disk of 300 MiB, of which uploads leave 150 MiB to everything else. */
class FullDiskIT {

    private static final int MEBIBYTE = 1 << 20;
    private static final int INSUFFICIENT_STORAGE = 507;

    private final Random random = new Random(1);

    @Test
    void aFullDiskIsAnsweredWith507AndHarmsNothingAndWhatIsDroppedMakesRoom() {
        try (RegistryServer server = RegistryServer.startOnDiskOf(
                "300m", Map.of("REGISTRY_STORAGE_FILESYSTEM_RESERVEDBYTES", Integer.toString(150 * MEBIBYTE)))) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] kept = bytes(MEBIBYTE);
            Digest digest = client.pushBlob("full/disk", kept);
            byte[] manifest = SampleManifests.image(digest, kept.length);
            client.pushManifest("full/disk", "kept", SampleManifests.TYPE, manifest);

            String upload = client.startUpload("full/disk");
            HttpResponse<byte[]> refused = client.patch(upload, bytes(32 * MEBIBYTE));
            while (refused.statusCode() == 202) {
                upload = RegistryClient.location(refused);
                refused = client.patch(upload, bytes(32 * MEBIBYTE));
            }

            assertThat(errorCodes(expect(INSUFFICIENT_STORAGE, refused))).containsExactly("UNAVAILABLE");
            assertThat(client.pullBlob("full/disk", digest)).isEqualTo(kept);
            assertThat(client.pullManifest("full/disk", "kept")).isEqualTo(manifest);
            client.pushManifest("full/disk", "a-manifest-needs-no-room-on-the-storage", SampleManifests.TYPE, manifest);

            expect(204, client.delete(upload));
            byte[] next = bytes(MEBIBYTE);
            expect(201, client.put(withDigest(client.startUpload("full/disk"), RegistryClient.digest(next)), next));
        }
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
