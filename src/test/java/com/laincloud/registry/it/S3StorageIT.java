package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.location;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A registry whose bytes are in a bucket, and that fetches them for its clients. */
@ExtendWith(VersityGateway.Extension.class)
class S3StorageIT {

    private static final int PART = 5 << 20;

    private final VersityGateway store;
    private final String bucket;
    private final RegistryServer server;
    private final RegistryClient client;

    S3StorageIT(VersityGateway store) {
        this.store = store;
        this.bucket = store.bucket();
        this.server = RegistryServer.installed(store.environment(bucket));
        server.setEnvironment("REGISTRY_STORAGE_REDIRECT_DISABLE", "true");
        server.setEnvironment("REGISTRY_STORAGE_S3_CHUNKSIZE", Integer.toString(PART));
        server.setEnvironment("REGISTRY_STORAGE_S3_ROOTDIRECTORY", "/registry");
        this.client = new RegistryClient(server.uri());
    }

    @AfterEach
    void stopTheServer() {
        server.close();
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private List<String> objects() {
        return store.objects(bucket).stream()
                .filter(name -> name.startsWith("registry/docker/"))
                .toList();
    }

    /** Those about blobs and uploads, from every client; not what the registry says of itself. */
    private List<String> requests() {
        return store.requests(bucket).stream()
                .filter(line -> !line.contains("registry-") && !line.contains("REST.GET.BUCKET"))
                .toList();
    }

    private void requireRequests(int expected, String what, ThrowingRunnable work) throws Exception {
        int before = requests().size();
        work.run();
        List<String> after = requests();
        assertThat(after.subList(before, after.size())).as(what).hasSize(expected);
    }

    /** What a test does. */
    @FunctionalInterface
    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    @Test
    void aRowIsProofEnoughUntilItsBytesAreMissed() throws Exception {
        server.startAgain();
        byte[] content = content(1000);
        Digest digest = RegistryClient.digest(content);
        String blob = "/v2/s3/one/blobs/" + digest;
        requireRequests(1, "a push", () -> client.pushBlob("s3/one", content));
        requireRequests(0, "HEAD", () -> expect(200, client.head(blob)));
        requireRequests(
                0, "a mount", () -> expect(201, client.post("/v2/s3/two/blobs/uploads/?from=s3/one&mount=" + digest)));
        String upload = client.patchUpload(client.startUpload("s3/one"), content);
        requireRequests(0, "the state of an upload", () -> expect(204, client.get(upload)));
        server.change("update upload set hash = overlay(hash placing '\\xff' from 1 for 1)"); // that of another machine
        requireRequests(
                1, // what came before its digest was known is deleted
                "the end of a push of what is there",
                () -> expect(201, client.put(withDigest(upload, digest), new byte[0])));
        requireRequests(
                1, "a pull", () -> assertThat(client.pullBlob("s3/one", digest)).isEqualTo(content));

        store.lose(bucket, objects().getFirst());
        requireRequests(0, "HEAD before the loss is noticed", () -> expect(200, client.head(blob)));
        assertThat(expect(503, client.get(blob)).headers().firstValue("Retry-After"))
                .isPresent();
        assertThat(run(0, "sql", "select fault, thing from audit.integrity")).contains("lost-bytes", digest.toString());
        expect(404, client.head(blob));
        expect(202, client.post("/v2/s3/three/blobs/uploads/?from=s3/one&mount=" + digest));

        client.pushBlob("s3/one", content);
        assertThat(run(0, "sql", "select fault, thing from audit.integrity")).doesNotContain("lost-bytes");
        requireRequests(0, "HEAD after the loss was mended", () -> expect(200, client.head(blob)));
        assertThat(client.pullBlob("s3/two", digest)).isEqualTo(content);
        assertThat(objects()).hasSize(1);
    }

    @Test
    void whatIsPushedIsPulledAndWhatIsCollectedLeavesNothing() throws Exception {
        server.startAgain();
        byte[] small = content(1000);
        Digest single = client.pushBlob("s3/one", small);
        client.pushBlob("s3/two", small);

        byte[] patched = content(PART);
        Digest inOnePatch = RegistryClient.digest(patched);
        requireRequests(1, "a push in one PATCH of one part", () -> client.pushBlobInPatches("s3/one", patched));
        byte[] large = content(3 * PART + 12_345);
        Digest inParts = RegistryClient.digest(large);
        requireRequests(4 + 2, "a push in one PATCH of four parts", () -> client.pushBlobInPatches("s3/one", large));
        byte[] chunked = content(2 * PART + 5000);
        Digest inChunks = pushInChunks("s3/one", chunked, 1000, PART + 3000, 2 * PART + 4000);

        assertThat(client.pullBlob("s3/one", single)).isEqualTo(small);
        assertThat(client.pullBlob("s3/one", inOnePatch)).isEqualTo(patched);
        assertThat(client.pullBlob("s3/one", inParts)).isEqualTo(large);
        assertThat(client.pullBlob("s3/one", inChunks)).isEqualTo(chunked);
        assertThat(expect(
                                206,
                                client.get(
                                        "/v2/s3/one/blobs/" + inParts,
                                        "Range",
                                        "bytes=" + (PART - 10) + "-" + (PART + 9)))
                        .body())
                .isEqualTo(Arrays.copyOfRange(large, PART - 10, PART + 10));
        assertThat(objects()).hasSize(4);
        assertThat(store.unfinished(bucket)).isZero();

        assertThat(run(0, "check")).contains("check: 0 blobs without their bytes, 0 files that no row knows");
        server.restart();
        assertThat(client.pullBlob("s3/one", inParts)).isEqualTo(large);
        for (String repository : List.of("s3/one", "s3/two")) {
            for (Digest blob : List.of(single, inOnePatch, inParts, inChunks)) {
                client.delete("/v2/" + repository + "/blobs/" + blob);
            }
        }
        assertThat(run(0, "garbage-collect", "--now")).contains("4 files deleted");
        assertThat(objects()).isEmpty();
        assertThat(store.objects(bucket))
                .contains("registry/registry-identity")
                .isSubsetOf("registry/registry-identity", "registry/registry-audit-heads");
    }

    private Digest pushInChunks(String repository, byte[] content, int... ends) {
        String location = client.startUpload(repository);
        int from = 0;
        for (int end : ends) {
            byte[] chunk = Arrays.copyOfRange(content, from, end);
            location = location(expect(202, client.patch(location, chunk, "Content-Range", from + "-" + (end - 1))));
            expect(204, client.get(location));
            from = end;
        }
        Digest digest = RegistryClient.digest(content);
        expect(201, client.put(withDigest(location, digest), Arrays.copyOfRange(content, from, content.length)));
        return digest;
    }

    @Test
    void clientsAreToldHowLongChunksShouldBeAndAnUploadThatIsCancelledOrWrongLeavesNothing() {
        server.startAgain();
        assertThat(expect(202, client.post("/v2/s3/one/blobs/uploads/"))
                        .headers()
                        .firstValue("OCI-Chunk-Min-Length"))
                .contains(Integer.toString(PART));
        String cancelled = client.patchUpload(client.startUpload("s3/one"), content(2 * PART));
        assertThat(objects()).hasSize(1);
        expect(204, client.delete(cancelled));
        assertThat(objects()).isEmpty();

        String wrong = client.startUpload("s3/one");
        expect(400, client.put(withDigest(wrong, RegistryClient.digest(content(1))), content(2)));
        assertThat(objects()).isEmpty();
    }

    /** A host without a name cannot begin with the bucket's. */
    @Test
    void theSettingsOfOssLeadToAStoreThatSpeaksS3() {
        try (RegistryServer oss = RegistryServer.start(Map.of(
                "REGISTRY_STORAGE",
                "oss",
                "REGISTRY_STORAGE_OSS_ACCESSKEYID",
                VersityGateway.ACCESS_KEY,
                "REGISTRY_STORAGE_OSS_ACCESSKEYSECRET",
                VersityGateway.SECRET_KEY,
                "REGISTRY_STORAGE_OSS_REGION",
                "oss-us-east-1",
                "REGISTRY_STORAGE_OSS_ENDPOINT",
                store.endpoint().getAuthority(),
                "REGISTRY_STORAGE_OSS_SECURE",
                "false",
                "REGISTRY_STORAGE_OSS_BUCKET",
                bucket,
                "REGISTRY_STORAGE_OSS_CHUNKSIZE",
                Integer.toString(PART),
                "REGISTRY_STORAGE_OSS_ROOTDIRECTORY",
                "/registry"))) {
            RegistryClient pusher = new RegistryClient(oss.uri());
            byte[] content = content(PART + 1);
            Digest digest = pusher.pushBlob("oss/one", content);
            assertThat(objects()).hasSize(1);
            assertThat(expect(307, pusher.get("/v2/oss/one/blobs/" + digest))
                            .headers()
                            .firstValue("Location"))
                    .hasValueSatisfying(address -> assertThat(address)
                            .startsWith(store.endpoint() + "/" + bucket + "/registry/")
                            .contains("%2Fus-east-1%2Fs3%2Faws4_request"));
        }
    }

    @Test
    void aStoreThatCannotBeUsedRefusesTheStartInOneLine() throws Exception {
        server.setEnvironment("REGISTRY_STORAGE_S3_BUCKET", "no-such-bucket");
        Process process = server.command("serve").start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isNotZero();
        assertThat(output).contains("no-such-bucket", "NoSuchBucket", "storage.s3.bucket");
        assertThat(output).doesNotContain(VersityGateway.SECRET_KEY);
        assertThat(Files.exists(server.root().resolve("docker"))).isFalse();
    }

    private String run(int status, String... words) throws Exception {
        Process process = server.command(words).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }
}
