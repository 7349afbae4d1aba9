package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
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
            String acknowledged = "0-" + (bytesOfUploads(server) - 1); // what was refused is dropped
            assertThat(expect(204, client.get(upload)).headers().firstValue("Range"))
                    .hasValue(acknowledged);
            assertThat(client.pullBlob("full/disk", digest)).isEqualTo(kept);
            assertThat(client.pullManifest("full/disk", "kept")).isEqualTo(manifest);
            client.pushManifest("full/disk", "a-manifest-needs-no-room-on-the-storage", SampleManifests.TYPE, manifest);

            expect(204, client.delete(upload));
            byte[] next = bytes(MEBIBYTE);
            expect(201, client.put(withDigest(client.startUpload("full/disk"), RegistryClient.digest(next)), next));
        }
    }

    @Test
    void aServerStartsOnADiskThatIsFullServesWhatIsThereAndSaysSo() {
        try (RegistryServer server = RegistryServer.start()) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] kept = bytes(MEBIBYTE);
            Digest digest = client.pushBlob("full/start", kept);
            byte[] manifest = SampleManifests.image(digest, kept.length);
            client.pushManifest("full/start", "kept", SampleManifests.TYPE, manifest);

            server.setEnvironment("REGISTRY_STORAGE_FILESYSTEM_RESERVEDBYTES", Long.toString(1L << 60));
            long position = server.logPosition();
            server.restart();

            assertThat(server.logSince(position))
                    .filteredOn(line -> line.contains("uploads are refused: no room left at " + server.root()))
                    .hasSize(1);
            assertThat(client.pullBlob("full/start", digest)).isEqualTo(kept);
            assertThat(client.pullManifest("full/start", "kept")).isEqualTo(manifest);
            expect(INSUFFICIENT_STORAGE, client.patch(client.startUpload("full/start"), bytes(1)));
            assertThat(new String(expect(200, client.get("/health")).body(), UTF_8))
                    .contains("\"full\":\"true\"");
        }
    }

    @Test
    void aCollectionMakesRoomWhereUploadsAreRefusedAndSaysWhyItCannotWhereNothingIsLeft() throws Exception {
        try (RegistryServer server = RegistryServer.startOnDiskOf(
                "300m", Map.of("REGISTRY_STORAGE_FILESYSTEM_RESERVEDBYTES", Integer.toString(100 * MEBIBYTE)))) {
            RegistryClient client = new RegistryClient(server.uri());
            byte[] kept = bytes(MEBIBYTE);
            Digest digest = client.pushBlob("full/collected", kept);
            byte[] manifest = SampleManifests.image(digest, kept.length);
            client.pushManifest("full/collected", "kept", SampleManifests.TYPE, manifest);
            int status;
            do {
                byte[] unused = bytes(16 * MEBIBYTE);
                status = client.put(
                                withDigest(client.startUpload("full/collected"), RegistryClient.digest(unused)), unused)
                        .statusCode();
            } while (status == 201);
            assertThat(status).isEqualTo(INSUFFICIENT_STORAGE);
            Path ofAnotherProgram = server.disk().resolve("of-another-program");
            fill(ofAnotherProgram);
            assertThat(collect(server, 1)).contains("No space left on device");
            Files.delete(ofAnotherProgram);

            assertThat(collect(server, 0))
                    .containsPattern("[1-9][0-9]* blobs of [0-9]+ bytes removed; [1-9][0-9]* files deleted\n");
            byte[] next = bytes(MEBIBYTE);
            expect(
                    201,
                    client.put(withDigest(client.startUpload("full/collected"), RegistryClient.digest(next)), next));
            assertThat(client.pullBlob("full/collected", digest)).isEqualTo(kept);
            assertThat(client.pullManifest("full/collected", "kept")).isEqualTo(manifest);
        }
    }

    private static String collect(RegistryServer server, int status) throws IOException, InterruptedException {
        Process collection = server.commandOnDisk("garbage-collect", "--now").start();
        String told = new String(collection.getInputStream().readAllBytes(), UTF_8);
        assertThat(collection.waitFor()).as(told).isEqualTo(status);
        return told;
    }

    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] zeros = new byte[4096];
            while (true) {
                out.write(zeros);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    /** The disk is mounted for the server alone. */
    private static long bytesOfUploads(RegistryServer server) {
        Path uploads = server.disk().resolve("docker/registry/v2/uploads");
        try (Stream<Path> files = Files.walk(uploads)) {
            return files.map(Path::toFile)
                    .filter(File::isFile)
                    .mapToLong(File::length)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
