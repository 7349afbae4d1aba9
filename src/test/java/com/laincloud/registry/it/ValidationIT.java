package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValidationIT {

    private static final String TYPE = SampleManifests.TYPE;

    private static byte[] index(byte[] amd64, byte[] arm64) {
        return """
                {"schemaVersion":2,"mediaType":"%1$s","manifests":[
                {"mediaType":"%2$s","digest":"%3$s","size":%5$d,"platform":{"architecture":"amd64","os":"linux"}},
                {"mediaType":"%2$s","digest":"%4$s","size":%6$d,"platform":{"architecture":"arm64","os":"linux"}}]}""".formatted(MediaTypes.OCI_INDEX, TYPE, digest(amd64), digest(arm64), amd64.length, arm64.length)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] foreign(Digest config, String url) {
        return """
                {"schemaVersion":2,"mediaType":"%s",
                "config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"%s","size":2},
                "layers":[{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                "digest":"%s","size":1,"urls":["%s"]}]}""".formatted(MediaTypes.DOCKER_MANIFEST, config, digest(new byte[7]), url)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static HttpResponse<byte[]> put(RegistryClient client, String tag, String type, byte[] manifest) {
        return client.put("/v2/validated/manifests/" + tag, manifest, "Content-Type", type);
    }

    @Test
    void anIndexMayBeSparseWhereItsPlatformsAreNotListedAndLayersMayComeFromAllowedPlaces() {
        try (RegistryServer server = RegistryServer.start(Map.of(
                "REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMS", "list",
                "REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMLIST", "[{architecture: amd64, os: linux}]",
                "REGISTRY_VALIDATION_MANIFESTS_URLS_ALLOW", "['^https?://[a-z.]*example\\.com/']",
                "REGISTRY_VALIDATION_MANIFESTS_URLS_DENY", "['evil']"))) {
            RegistryClient client = new RegistryClient(server.uri());
            Digest config = client.pushBlob("validated", "{}".getBytes(StandardCharsets.UTF_8));
            byte[] amd64 = SampleManifests.image(config, 2, "amd64");
            byte[] arm64 = SampleManifests.image(config, 2, "arm64");
            byte[] sparse = index(amd64, arm64);

            HttpResponse<byte[]> refused = expect(400, put(client, "multi", MediaTypes.OCI_INDEX, sparse));
            assertThat(errorCodes(refused)).containsExactly("MANIFEST_BLOB_UNKNOWN");
            assertThat(new String(refused.body(), StandardCharsets.UTF_8))
                    .contains(digest(amd64).toString())
                    .doesNotContain(digest(arm64).toString());
            expect(201, put(client, "amd64", TYPE, amd64));
            expect(201, put(client, "multi", MediaTypes.OCI_INDEX, sparse));
            assertThat(client.pullManifest("validated", "multi")).isEqualTo(sparse);

            // what comes later is referred to as well
            expect(201, put(client, "arm64", TYPE, arm64));
            assertThat(errorCodes(expect(405, client.delete("/v2/validated/manifests/" + digest(arm64)))))
                    .containsExactly("DENIED");
            expect(202, client.delete("/v2/validated/manifests/" + digest(sparse)));
            expect(202, client.delete("/v2/validated/manifests/" + digest(arm64)));

            for (String url : new String[] {"https://layers.example.com/a", "http://example.com/"}) {
                expect(201, put(client, "foreign", MediaTypes.DOCKER_MANIFEST, foreign(config, url)));
            }
            for (String url : new String[] {
                "https://example.org/",
                "https://example.com/evil",
                "ftp://example.com/",
                "https://example.com/#part",
                "%"
            }) {
                assertThat(errorCodes(
                                expect(400, put(client, "foreign", MediaTypes.DOCKER_MANIFEST, foreign(config, url)))))
                        .containsExactly("MANIFEST_INVALID");
            }
        }
    }

    @Test
    void withoutValidationNothingNeedBeHereAndWhatComesLaterIsKept() {
        try (RegistryServer server = RegistryServer.start(Map.of("REGISTRY_VALIDATION_DISABLED", "true"))) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] layer = "late".getBytes(StandardCharsets.UTF_8);
            byte[] image = SampleManifests.image(digest(layer), layer.length);
            byte[] index = SampleManifests.index(image);

            expect(201, put(client, "multi", MediaTypes.OCI_INDEX, index));
            expect(201, put(client, "image", TYPE, image));
            client.pushBlob("validated", layer);

            assertThat(errorCodes(expect(405, client.delete("/v2/validated/blobs/" + digest(layer)))))
                    .containsExactly("DENIED");
            assertThat(errorCodes(expect(405, client.delete("/v2/validated/manifests/" + digest(image)))))
                    .containsExactly("DENIED");
            expect(202, client.delete("/v2/validated/manifests/" + digest(index)));
            expect(202, client.delete("/v2/validated/manifests/" + digest(image)));
            expect(202, client.delete("/v2/validated/blobs/" + digest(layer)));
        }
    }

    @Test
    void whatWasPutWhileNothingWasRequiredIsHeldToTheRulesWhenItIsPutAgain() {
        try (RegistryServer server = RegistryServer.start(Map.of("REGISTRY_VALIDATION_DISABLED", "true"))) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] layer = "later".getBytes(StandardCharsets.UTF_8);
            byte[] image = SampleManifests.image(digest(layer), layer.length);
            expect(201, put(client, "image", TYPE, image));

            server.setEnvironment("REGISTRY_VALIDATION_DISABLED", "false");
            server.restart();

            assertThat(errorCodes(expect(400, put(client, "again", TYPE, image))))
                    .containsExactly("MANIFEST_BLOB_UNKNOWN");
            client.pushBlob("validated", layer);
            expect(201, put(client, "again", TYPE, image));
            expect(201, put(client, "again", TYPE, image));
            expect(405, client.delete("/v2/validated/blobs/" + digest(layer)));
        }
    }
}
