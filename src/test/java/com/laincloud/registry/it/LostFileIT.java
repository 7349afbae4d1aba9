package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other tools removed or changed files of the storage. */
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
    void aBlobWhoseFileIsLostOrCutShortIsMissingForAllAndNeverServedInPart(int size) throws IOException {
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
        assertThat(faults(digest)).contains("lost-bytes").contains(" " + size);
        String before = keyOf(digest);
        client.pushBlob("lost/mended", content);
        assertThat(faults(digest)).doesNotContain("lost-bytes");
        assertThat(server.ask("select string_agg(storage_key, ' ') from purge")).contains(before);

        expect(200, client.head(path));
        assertThat(client.pullBlob("lost/mended", digest)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {103, 200_003})
    void aPullNotesThatAFileIsLost(int size) throws IOException {
        Digest digest = client.pushBlob("lost/noted", new byte[size]);
        Files.delete(fileOf(digest));

        expect(404, client.get("/v2/lost/noted/blobs/" + digest));

        assertThat(faults(digest)).contains("lost-bytes").contains(" " + size);
    }

    @ParameterizedTest
    @ValueSource(ints = {104, 200_004})
    void ofAStorageThatIsNotMountedNothingIsLostAndNothingIsReplaced(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Digest digest = client.pushBlob("lost/unmounted", content);
        String path = "/v2/lost/unmounted/blobs/" + digest;
        Path file = fileOf(digest);
        Path identity = server.root().resolve("registry-identity");
        String own = Files.readString(identity);
        String before = keyOf(digest);
        Files.delete(identity);
        Files.delete(file);
        try {
            expect(503, client.get(path));
            expect(503, client.head(path));
            expect(503, client.post("/v2/lost/other/blobs/uploads/?mount=" + digest + "&from=lost/unmounted"));
            expect(503, client.put(withDigest(client.startUpload("lost/unmounted"), digest), content));
        } finally {
            Files.writeString(identity, own);
            Files.write(Files.createDirectories(file.getParent()).resolve(file.getFileName()), content);
        }

        assertThat(faults(digest)).doesNotContain("lost-bytes");
        assertThat(keyOf(digest)).isEqualTo(before);
        assertThat(client.pullBlob("lost/unmounted", digest)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {105, 200_005})
    void whatIsPushedToAStorageThatIsNotMountedIsNotAcknowledged(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Digest digest = RegistryClient.digest(content);
        String upload = client.startUpload("lost/bare");
        Path identity = server.root().resolve("registry-identity");
        String own = Files.readString(identity);
        Files.delete(identity);
        try {
            HttpResponse<byte[]> refused = expect(503, client.put(withDigest(upload, digest), content));
            assertThat(errorCodes(refused)).containsExactly("UNAVAILABLE");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        } finally {
            Files.writeString(identity, own);
        }

        assertThat(server.ask("select count(*) from blob where digest = '" + digest + "'"))
                .isEqualTo("0");
        expect(201, client.put(withDigest(upload, digest), new byte[0])); // the bytes are where they were
        assertThat(client.pullBlob("lost/bare", digest)).isEqualTo(content);
    }

    private String faults(Digest digest) {
        return server.sql("select fault, size from audit.integrity where thing = '" + digest + "'");
    }

    private String keyOf(Digest digest) {
        return server.ask("select storage_key from blob where digest = '" + digest + "'");
    }

    @ParameterizedTest
    @ValueSource(ints = {102, 200_002})
    void aBitThatFlippedIsMendedByAPushOfTheRightBytes(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        Digest digest = client.pushBlob("lost/flipped", content);
        byte[] flipped = content.clone();
        flipped[size / 2] ^= 1;
        Path file = fileOf(digest);
        Files.write(file, flipped);

        expect(201, client.put(withDigest(client.startUpload("lost/flipped"), digest), content));

        assertThat(client.pullBlob("lost/flipped", digest)).isEqualTo(content);
        assertThat(file).doesNotExist();
        expect(201, client.put(withDigest(client.startUpload("lost/other"), digest), content)); // which is intact now
        assertThat(fileOf(digest)).hasBinaryContent(content);
    }

    @Test
    void anUploadWhoseBytesAreLostIsUnknownFromThenOn() throws IOException {
        for (Loss loss : Loss.values()) {
            for (Function<String, HttpResponse<byte[]>> next : List.<Function<String, HttpResponse<byte[]>>>of(
                    upload -> client.patch(upload, new byte[10]),
                    upload -> client.get(upload),
                    upload -> client.put(withDigest(upload, RegistryClient.digest(new byte[1000])), new byte[0]))) {
                String upload =
                        RegistryClient.location(client.patch(client.startUpload("lost/upload"), new byte[1000]));
                loss.of(segments());

                assertThat(errorCodes(expect(404, next.apply(upload)))).containsExactly("BLOB_UPLOAD_UNKNOWN");
                assertThat(errorCodes(expect(404, client.get(upload)))).containsExactly("BLOB_UPLOAD_UNKNOWN");
            }
        }
    }

    /** What a crash may have left of the files of uploads. */
    private enum Loss {
        PART {
            @Override
            void of(List<Path> files) throws IOException {
                for (Path file : files) {
                    Files.write(file, new byte[10]);
                }
            }
        },
        ALL {
            @Override
            void of(List<Path> files) throws IOException {
                for (Path file : files) {
                    Files.delete(file);
                    Files.delete(file.resolveSibling(""));
                }
            }
        };

        abstract void of(List<Path> files) throws IOException;
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.walk(server.root().resolve("docker/registry/v2/uploads"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private void assertThatItCannotBePulled(Digest digest) {
        String path = "/v2/lost/file/blobs/" + digest;
        expect(404, client.head(path));
        assertThat(errorCodes(expect(404, client.get(path)))).containsExactly("BLOB_UNKNOWN");
        assertThat(errorCodes(expect(404, client.get(path, "Range", "bytes=10-"))))
                .containsExactly("BLOB_UNKNOWN");
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
