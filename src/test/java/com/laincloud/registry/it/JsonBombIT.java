package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents of 4 MiB that take a multiple of it to be understood, sixteen at once, do not exhaust the memory. */
@Alone
@ExtendWith(SharedRegistryServer.class)
class JsonBombIT {

    private static final int AT_ONCE = 16;
    private static final int LENGTH = 4 << 20;

    private final RegistryServer server;
    private final RegistryClient client;

    JsonBombIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`{\"x\":[`|`0,`|`0]}`",
                "`{\"x\":[`|`1.5,`|`0]}`",
                "`{\"x\":[`|`{},`|`0]}`",
                "`{\"x\":[`|`[],`|`0]}`",
                "`{\"x\":[`|`\"\",`|`0]}`",
                "`{\"x\":[`|`true,`|`0]}`",
                "`{\"x\":[`|`null,`|`0]}`",
                "`{\"x\":[`|`{\"a\":0},`|`0]}`",
                "`{\"x\":[`|`[[[[]]]],`|`0]}`",
                "`{\"x\":`|`[`|``",
                "`{\"x\":`|`{\"a\":`|``",
                "`{`|`\"a\":0,`|`\"b\":0}`",
                "`{\"x\":`|`9`|`}`",
                "`{\"x\":\"`|`\\u0041`|`\"}`",
                "`{\"schemaVersion\":2,\"layers\":[`|`{\"size\":0},`|`0]}`",
            })
    void documentsThatTakeMuchMemoryAreRefusedWhileOthersAreAnswered(String begin, String part, String end)
            throws Exception {
        byte[] bomb = (begin + part.repeat((LENGTH - begin.length() - 64) / part.length()) + (end == null ? "" : end))
                .getBytes(StandardCharsets.UTF_8);
        try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
            Callable<Integer> put =
                    () -> client.put("/v2/bomb/json/manifests/v1", bomb, "Content-Type", MediaTypes.OCI_MANIFEST)
                            .statusCode();
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                answers.add(clients.submit(put));
            }
            for (int i = 0; i < 5; i++) {
                expect(200, client.get("/v2/"));
            }
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isIn(400, 503);
            }
        }
        assertThat(Files.readString(server.log())).doesNotContain("OutOfMemoryError");
    }

    @Test
    void aManifestOf37000LayersGoesOnWorking() {
        StringBuilder layers = new StringBuilder();
        String layer = "{\"mediaType\":\"a/b\",\"size\":1,\"digest\":\"sha256:%064x\"}";
        for (int i = 0; i < 37_000; i++) {
            layers.append(i == 0 ? "" : ",").append(layer.formatted(i));
        }
        byte[] manifest = ("{\"schemaVersion\":2,\"config\":" + layer.formatted(0) + ",\"layers\":[" + layers + "]}")
                .getBytes(StandardCharsets.UTF_8);

        // it is understood: what is missing are the layers
        assertThat(RegistryClient.errorCodes(expect(
                        400,
                        client.put("/v2/bomb/json/manifests/v1", manifest, "Content-Type", MediaTypes.OCI_MANIFEST))))
                .contains("MANIFEST_BLOB_UNKNOWN");
    }
}
