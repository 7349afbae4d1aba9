package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.location;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings that change what clients see, each on a server of its own. */
class SettingsIT {

    @Test
    void withDeletionOffEveryDeleteAnswers405AndNothingIsDeleted() {
        try (RegistryServer server = RegistryServer.start(Map.of(
                "REGISTRY_STORAGE_DELETE_ENABLED", "false",
                "REGISTRY_HTTP_RELATIVEURLS", "true",
                "REGISTRY_HTTP_HEADERS", "{X-Cluster: [lain]}"))) {
            RegistryClient client = new RegistryClient(server.uri());
            Digest config = client.pushBlob("kept", "{}".getBytes(StandardCharsets.UTF_8));
            byte[] manifest = SampleManifests.image(config, 2);
            client.pushManifest("kept", "v1", SampleManifests.TYPE, manifest);

            for (String path : new String[] {
                "/v2/kept/manifests/v1", "/v2/kept/manifests/" + digest(manifest), "/v2/kept/blobs/" + config
            }) {
                assertThat(errorCodes(expect(405, client.delete(path)))).containsExactly("UNSUPPORTED");
            }
            assertThat(client.pullManifest("kept", "v1")).isEqualTo(manifest);
            assertThat(client.startUpload("kept")).startsWith("/v2/kept/blobs/uploads/");
            assertThat(header(client.get("/v2/"), "X-Cluster")).isEqualTo("lain");
        }
    }

    @Test
    void aRegistryInMemoryServesAndForReadingOnlyTakesNothing() {
        try (RegistryServer server = RegistryServer.start(Map.of(
                "REGISTRY_STORAGE", "inmemory",
                "REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED", "true",
                "REGISTRY_HTTP_HOST", "https://registry.example.com/"))) {
            RegistryClient client = new RegistryClient(server.uri());

            expect(200, client.get("/v2/"));
            HttpResponse<byte[]> refused = expect(405, client.post("/v2/a/blobs/uploads/"));
            assertThat(errorCodes(refused)).containsExactly("UNSUPPORTED");
            assertThat(errorCodes(expect(405, client.put("/v2/a/manifests/v1", new byte[0]))))
                    .containsExactly("UNSUPPORTED");
        }
    }

    @Test
    void aRegistryInMemoryTakesAndGivesBack() {
        try (RegistryServer server = RegistryServer.start(
                Map.of("REGISTRY_STORAGE", "inmemory", "REGISTRY_HTTP_HOST", "https://registry.example.com/"))) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] content = new byte[200_000];
            Digest digest = digest(content);

            HttpResponse<byte[]> pushed =
                    expect(201, client.post("/v2/volatile/blobs/uploads/?digest=" + digest, content));

            assertThat(location(pushed)).isEqualTo("https://registry.example.com/v2/volatile/blobs/" + digest);
            assertThat(client.pullBlob("volatile", digest)).isEqualTo(content);
        }
    }

    /** As with two that share a database, one after the other. */
    @Test
    void whatIsEachInstancesOwnIsNoChangeWhenTheOtherStarts() {
        try (RegistryServer server =
                RegistryServer.start(Map.of("HOSTNAME", "one", "REGISTRY_HTTP_HOST", "https://one.example.com/"))) {
            for (String instance : List.of("two", "one")) {
                server.setEnvironment("HOSTNAME", instance);
                server.setEnvironment("REGISTRY_HTTP_HOST", "https://" + instance + ".example.com/");
                server.restart();
            }

            assertThat(server.sql("select server || '=' || new_value as told from audit.config_change"
                                    + " where key = 'http.host' order by id")
                            .lines()
                            .filter(line -> line.contains("="))
                            .map(String::strip))
                    .containsExactly("one=https://one.example.com/", "two=https://two.example.com/");
        }
    }
}
