package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody has been in the storage with other tools. */
@ExtendWith(SharedRegistryServer.class)
class LostFileIT {

    private final RegistryServer server;
    private final RegistryClient client;

    LostFileIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 200_000})
    void aBlobWhoseFileIsLostOrCutShortIsAnErrorAndNeverServedInPart(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Digest digest = client.pushBlob("lost/file", content);
        Path file = fileOf(digest);

        Files.write(file, new byte[size / 2]);
        assertThatItCannotBePulled(digest);
        Files.delete(file);
        assertThatItCannotBePulled(digest);

        Digest next = client.pushBlob("lost/file", new byte[size + 1]);
        assertThat(client.pullBlob("lost/file", next)).hasSize(size + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 200_001})
    void aBlobWhoseFileIsLostIsMissingForThoseWhoPushAndMendedByThePush(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Digest digest = client.pushBlob("lost/mended", content);
        String path = "/v2/lost/mended/blobs/" + digest;
        Files.delete(fileOf(digest));

        expect(404, client.head(path));
        expect(404, client.head(path, "If-None-Match", "\"nothing that there is\""));
        expect(202, client.post("/v2/lost/other/blobs/uploads/?mount=" + digest + "&from=lost/mended"));
        client.pushBlob("lost/mended", content);

        expect(200, client.head(path));
        assertThat(client.pullBlob("lost/mended", digest)).isEqualTo(content);
    }

    private void assertThatItCannotBePulled(Digest digest) {
        String path = "/v2/lost/file/blobs/" + digest;
        assertThat(errorCodes(expect(503, client.get(path)))).containsExactly("UNAVAILABLE");
        assertThat(errorCodes(expect(503, client.get(path, "Range", "bytes=10-"))))
                .containsExactly("UNAVAILABLE");
    }

    private Path fileOf(Digest digest) throws IOException {
        try (Stream<Path> files = Files.walk(server.root().resolve("docker"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains(digest.encoded()))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
