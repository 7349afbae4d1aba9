package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The configuration file of a LAIN cluster as it is, its key file, and the release of etcd that LAIN has. Variables say what
 * is different on a machine that is none of a cluster's: where files are, the port, and that etcd has another address.
 */
class LainConfigurationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String AUTH = "/lain/config/auth/registry";

    @Test
    void lainsOwnFileStartsItAndAuthenticationIsOpenedAndClosedAsLainctlDoesIt() {
        try (EtcdServer etcd = EtcdServer.start(EtcdServer.Release.V2_3)) {
            etcd.putV2("/lain/config/domain", "lain.local");
            etcd.putV2(AUTH, """
                    {"realm": "http://console.lain.local/api/v1/authorize/registry/", "issuer": "auth server", "service": "lain.local"}""");
            try (RegistryServer server = RegistryServer.startWith(
                    resource("config/lain-config.yml"),
                    Map.of(
                            "REGISTRY_ETCD_ENDPOINTS",
                            etcd.uri().toString(),
                            "REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE",
                            resource("auth/token/lain-server.pem").toString(),
                            "REGISTRY_UNHEARD",
                            "of"))) {
                RegistryClient client = new RegistryClient(server.uri());

                var refused = expect(401, client.get("/v2/"));
                assertThat(refused.headers().allValues("WWW-Authenticate"))
                        .containsExactly("Bearer realm=\"http://console.lain.local/api/v1/authorize/registry/\","
                                + "service=\"lain.local\"");
                assertThat(errorCodes(refused)).containsExactly("UNAUTHORIZED");
                expect(200, client.get("/"));
                expect(200, client.get("/health"));
                assertThat(server.logSince(0))
                        .anyMatch(line -> line.contains("storage.cache.layerinfo") && line.contains("no effect"))
                        .anyMatch(line -> line.contains("unheard") && line.contains("is no key of this registry"))
                        .allMatch(line -> line.startsWith("registry ") || line.contains("service=registry"));

                etcd.deleteV2(AUTH);
                await().atMost(PATIENCE).until(() -> client.get("/v2/").statusCode() == 200);
                server.restart(); // as lainctl has its container restarted
                expect(200, client.get("/v2/"));
                Digest blob = client.pushBlob("lain/hello", "{}".getBytes(UTF_8));
                expect(202, client.delete("/v2/lain/hello/blobs/" + blob)); // as the file allows
            }
        }
    }

    private static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(
                            LainConfigurationIT.class.getResource("/com/laincloud/registry/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
