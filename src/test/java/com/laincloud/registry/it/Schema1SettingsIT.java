package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Schema 1 under settings of its own, each on a server of its own. */
class Schema1SettingsIT {

    private static final String EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";

    /** All the first conversions at once, a crash, maintenance, schema 1 off: one life of a server. */
    @Test
    void theKeyIsMadeOnceAndSignsThroughACrashAndWhereNothingMayBeWritten() throws Exception {
        try (RegistryServer server = RegistryServer.start()) {
            RegistryClient client = new RegistryClient(server.uri());
            client.pushManifest("kept", "v1", DockerImage.TYPE, DockerImage.push(client, "kept", "one"));
            client.pushManifest("frozen", "v1", DockerImage.TYPE, DockerImage.push(client, "frozen", "two"));

            Set<String> first = keysOfSixteenPulls(client);
            server.kill();
            server.startAgain();
            Set<String> afterwards = keysOfSixteenPulls(client);

            assertThat(first).hasSize(1).isEqualTo(afterwards);
            server.setEnvironment("REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED", "true");
            server.restart();
            assertThat(key(expect(200, client.get("/v2/frozen/manifests/v1")))).isIn(first);
            expect(404, client.head("/v2/frozen/blobs/" + EMPTY_LAYER));
        }
    }

    @Test
    void schema1SwitchedOffIsNotTakenAndNothingIsConvertedButWhatIsStoredIsServed() {
        try (RegistryServer server = RegistryServer.start()) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] manifest = DockerImage.push(client, "off", "off");
            client.pushManifest("off", "v1", DockerImage.TYPE, manifest);
            byte[] schema1 = expect(200, client.get("/v2/off/manifests/v1")).body();
            expect(201, client.put("/v2/off/manifests/old", schema1));

            server.setEnvironment("REGISTRY_COMPATIBILITY_SCHEMA1_ENABLED", "false");
            server.restart();

            assertThat(expect(200, client.get("/v2/off/manifests/v1")).body()).isEqualTo(manifest);
            expect(404, client.get("/v2/off/manifests/v1", "Accept", MediaTypes.SCHEMA1_SIGNED));
            assertThat(expect(200, client.get("/v2/off/manifests/old")).body()).isEqualTo(schema1);
            HttpResponse<byte[]> refused = expect(400, client.put("/v2/off/manifests/new", schema1));
            assertThat(errorCodes(refused)).containsExactly("MANIFEST_INVALID");
            assertThat(new String(refused.body(), UTF_8)).contains("compatibility.schema1.enabled");
        }
    }

    @Test
    void aKeyFileIsUsedUnderEitherOfItsNamesAndOneWithoutAKeyRefusesTheStart() throws Exception {
        Path key = Path.of(getClass()
                .getResource("/com/laincloud/registry/schema1/ec384-pkcs8.pem")
                .toURI());
        try (RegistryServer server =
                RegistryServer.start(Map.of("REGISTRY_COMPATIBILITY_SCHEMA1_TRUSTKEY", key.toString()))) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] manifest = DockerImage.push(client, "file", "file");
            client.pushManifest("file", "v1", DockerImage.TYPE, manifest);

            HttpResponse<byte[]> converted = expect(200, client.get("/v2/file/manifests/v1"));

            assertThat(key(converted)).isEqualTo("XGSU:6QAJ:HMGR:VUF3:OGTJ:H3OA:ZDHR:TJ7C:ZYMF:7UZN:AKMA:XNR6");
            expect(201, client.put("/v2/file/manifests/old", converted.body()));
            assertThat(expect(200, client.get("/v2/file/manifests/" + digest(manifest)))
                            .body())
                    .isEqualTo(manifest);
        }
        assertThatThrownBy(() ->
                        RegistryServer.start(Map.of("REGISTRY_COMPATIBILITY_SCHEMA1_SIGNINGKEYFILE", "/dev/null")))
                .hasStackTraceContaining(
                        "compatibility.schema1.signingkeyfile: \"/dev/null\": must hold a private key");
    }

    private static Set<String> keysOfSixteenPulls(RegistryClient client) throws Exception {
        List<Future<String>> pulls = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < 16; i++) {
                pulls.add(clients.submit(() -> key(expect(200, client.get("/v2/kept/manifests/v1")))));
            }
        }
        Set<String> keys = new TreeSet<>();
        for (Future<String> pull : pulls) {
            keys.add(pull.get());
        }
        return keys;
    }

    private static String key(HttpResponse<byte[]> converted) {
        JsonObject signature = json(converted).getJsonArray("signatures").getJsonObject(0);
        return signature.getJsonObject("header").getJsonObject("jwk").getString("kid");
    }
}
