package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.location;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.MediaTypes;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedRegistryServer.class)
class ManifestIT {

    private static final String TYPE = SampleManifests.TYPE;

    private final RegistryServer server;
    private final RegistryClient client;

    ManifestIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    private Digest config(String repository) {
        return client.pushBlob(repository, "{}".getBytes(StandardCharsets.UTF_8));
    }

    private byte[] image(String repository, String note) {
        return SampleManifests.image(config(repository), 2, note);
    }

    @Test
    void aManifestComesBackByteForByteByTagAndByDigest() {
        byte[] manifest = image("manifest/whole", "whole");

        HttpResponse<byte[]> put =
                expect(201, client.put("/v2/manifest/whole/manifests/v1", manifest, "Content-Type", TYPE));

        Digest digest = digest(manifest);
        assertThat(header(put, "Docker-Content-Digest")).isEqualTo(digest.toString());
        assertThat(location(put)).endsWith("/v2/manifest/whole/manifests/" + digest);
        for (String reference : List.of("v1", digest.toString())) {
            HttpResponse<byte[]> got =
                    expect(200, client.get("/v2/manifest/whole/manifests/" + reference, "Accept", TYPE));
            HttpResponse<byte[]> head =
                    expect(200, client.head("/v2/manifest/whole/manifests/" + reference, "Accept", TYPE));
            assertThat(got.body()).isEqualTo(manifest);
            for (HttpResponse<byte[]> answer : List.of(got, head)) {
                assertThat(header(answer, "Content-Type")).isEqualTo(TYPE);
                assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(manifest.length));
                assertThat(header(answer, "Docker-Content-Digest")).isEqualTo(digest.toString());
                assertThat(header(answer, "ETag")).isEqualTo("\"" + digest + "\"");
            }
        }
    }

    @Test
    void whatTheClientHoldsAlreadyAnswers304() {
        byte[] manifest = image("manifest/conditional", "conditional");
        client.pushManifest("manifest/conditional", "v1", TYPE, manifest);

        expect(
                304,
                client.get("/v2/manifest/conditional/manifests/v1", "If-None-Match", "\"" + digest(manifest) + "\""));
    }

    @Test
    void aManifestPutByItsDigestHasNoTag() {
        byte[] manifest = image("manifest/untagged", "untagged");

        client.pushManifest("manifest/untagged", digest(manifest).toString(), TYPE, manifest);

        assertThat(client.pullManifest("manifest/untagged", digest(manifest).toString()))
                .isEqualTo(manifest);
        assertThat(client.tags("manifest/untagged")).isEmpty();
    }

    @Test
    void aManifestPutByItsSha512IsFoundByIt() {
        byte[] manifest = image("manifest/sha512", "sha512");
        Digest digest = Digest.of(DigestAlgorithm.SHA512, manifest);

        expect(201, client.put("/v2/manifest/sha512/manifests/" + digest, manifest, "Content-Type", TYPE));

        HttpResponse<byte[]> got = expect(200, client.get("/v2/manifest/sha512/manifests/" + digest));
        assertThat(got.body()).isEqualTo(manifest);
        assertThat(header(got, "Docker-Content-Digest")).isEqualTo(digest.toString());
    }

    @Test
    void aManifestPutByAnotherDigestAnswersDigestInvalid() {
        byte[] manifest = image("manifest/mismatch", "mismatch");

        assertThat(errorCodes(expect(
                        400,
                        client.put(
                                "/v2/manifest/mismatch/manifests/" + digest(new byte[1]),
                                manifest,
                                "Content-Type",
                                TYPE))))
                .containsExactly("DIGEST_INVALID");
    }

    @Test
    void aTagMovesToTheManifestPutLast() {
        byte[] first = image("manifest/moved", "first");
        byte[] second = image("manifest/moved", "second");

        client.pushManifest("manifest/moved", "latest", TYPE, first);
        client.pushManifest("manifest/moved", "latest", TYPE, second);

        assertThat(client.pullManifest("manifest/moved", "latest")).isEqualTo(second);
        assertThat(client.pullManifest("manifest/moved", digest(first).toString()))
                .isEqualTo(first);
        assertThat(client.tags("manifest/moved")).containsExactly("latest");
    }

    @Test
    void everythingThatIsMissingIsNamedAtOnceAndNothingIsKept() {
        client.startUpload("manifest/missing");
        Digest one = digest("missing one".getBytes(StandardCharsets.UTF_8));
        Digest two = digest("missing two".getBytes(StandardCharsets.UTF_8));
        byte[] manifest = """
                {"schemaVersion":2,"mediaType":"%s",
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":1},
                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":1}]}""".formatted(TYPE, one, two).getBytes(StandardCharsets.UTF_8);

        HttpResponse<byte[]> answer =
                expect(400, client.put("/v2/manifest/missing/manifests/v1", manifest, "Content-Type", TYPE));

        assertThat(errorCodes(answer)).containsExactly("MANIFEST_BLOB_UNKNOWN", "MANIFEST_BLOB_UNKNOWN");
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .contains(one.toString())
                .contains(two.toString());
        expect(404, client.get("/v2/manifest/missing/manifests/v1"));
        expect(404, client.get("/v2/manifest/missing/manifests/" + digest(manifest)));
    }

    @Test
    void aBlobOfAnotherRepositoryIsMissingHere() {
        Digest elsewhere = client.pushBlob("manifest/elsewhere", "elsewhere".getBytes(StandardCharsets.UTF_8));

        assertThat(errorCodes(expect(
                        400,
                        client.put(
                                "/v2/manifest/here/manifests/v1",
                                SampleManifests.image(elsewhere, 9),
                                "Content-Type",
                                TYPE))))
                .containsExactly("MANIFEST_BLOB_UNKNOWN");
    }

    private byte[] foreign(Digest layer, long size, String urls) {
        return """
                {"schemaVersion":2,"mediaType":"%s",
                "config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"%s","size":2},
                "layers":[{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                "digest":"%s","size":%d%s}]}""".formatted(MediaTypes.DOCKER_MANIFEST, config("manifest/foreign"), layer, size, urls)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aLayerThatIsNotDistributableNeedNotBeHereIfItSaysWhereItIs() {
        Digest layer = digest(new byte[7]);
        client.pushManifest(
                "manifest/foreign",
                "v1",
                MediaTypes.DOCKER_MANIFEST,
                foreign(layer, 7, ",\"urls\":[\"https://example.com/layer\",\"http://a.example\"]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"urls\":[]",
                ",\"urls\":[\"ftp://example.com/layer\"]",
                ",\"urls\":[\"https:layer\"]",
                ",\"urls\":[\"https://example.com/layer\",\"javascript:1\"]"
            })
    void aLayerThatIsNotDistributableAndCannotBeFetchedFromElsewhereMustBeHere(String urls) {
        byte[] layer = ("foreign " + urls).getBytes(StandardCharsets.UTF_8);
        byte[] manifest = foreign(digest(layer), layer.length, urls);
        String path = "/v2/manifest/foreign/manifests/v2";

        assertThat(errorCodes(expect(400, client.put(path, manifest, "Content-Type", MediaTypes.DOCKER_MANIFEST))))
                .containsExactly("MANIFEST_BLOB_UNKNOWN");
        client.pushBlob("manifest/foreign", layer);
        expect(201, client.put(path, manifest, "Content-Type", MediaTypes.DOCKER_MANIFEST));
        expect(405, client.delete("/v2/manifest/foreign/blobs/" + digest(layer)));
    }

    @Test
    void aLayerThatIsElsewhereAndHereIsProtectedAsWell() {
        byte[] layer = "foreign, and here".getBytes(StandardCharsets.UTF_8);
        client.pushBlob("manifest/foreign", layer);
        client.pushManifest(
                "manifest/foreign",
                "v3",
                MediaTypes.DOCKER_MANIFEST,
                foreign(digest(layer), layer.length, ",\"urls\":[\"https://example.com/layer\"]"));

        expect(405, client.delete("/v2/manifest/foreign/blobs/" + digest(layer)));
    }

    @Test
    void anotherSizeThanTheBlobHasIsRefused() {
        Digest config = config("manifest/sizes");

        HttpResponse<byte[]> refused = expect(
                400,
                client.put("/v2/manifest/sizes/manifests/v1", SampleManifests.image(config, 3), "Content-Type", TYPE));

        assertThat(errorCodes(refused)).containsExactly("MANIFEST_INVALID");
        assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains(config + " has 2 bytes, not 3");
        expect(404, client.get("/v2/manifest/sizes/manifests/v1"));
    }

    @Test
    void anotherSizeThanTheChildHasIsRefused() {
        byte[] child = image("manifest/sizes", "child");
        client.pushManifest("manifest/sizes", digest(child).toString(), TYPE, child);
        String index = new String(SampleManifests.index(child), StandardCharsets.UTF_8);
        byte[] wrong = index.replace(":" + child.length + "}", ":1}").getBytes(StandardCharsets.UTF_8);

        HttpResponse<byte[]> refused = expect(
                400, client.put("/v2/manifest/sizes/manifests/multi", wrong, "Content-Type", MediaTypes.OCI_INDEX));

        assertThat(errorCodes(refused)).containsExactly("MANIFEST_INVALID");
    }

    @Test
    void anIndexNeedsItsManifestsAndProtectsThem() {
        byte[] child = image("manifest/index", "child");
        byte[] index = SampleManifests.index(child);
        assertThat(errorCodes(expect(
                        400,
                        client.put("/v2/manifest/index/manifests/multi", index, "Content-Type", MediaTypes.OCI_INDEX))))
                .containsExactly("MANIFEST_BLOB_UNKNOWN");

        client.pushManifest("manifest/index", digest(child).toString(), TYPE, child);
        client.pushManifest("manifest/index", "multi", MediaTypes.OCI_INDEX, index);

        assertThat(client.pullManifest("manifest/index", "multi")).isEqualTo(index);
        assertThat(errorCodes(expect(405, client.delete("/v2/manifest/index/manifests/" + digest(child)))))
                .containsExactly("DENIED");
        expect(202, client.delete("/v2/manifest/index/manifests/" + digest(index)));
        expect(202, client.delete("/v2/manifest/index/manifests/" + digest(child)));
    }

    @Test
    void aTypeThatTheClientDoesNotAcceptIsUnknownByTag() {
        client.pushManifest("manifest/accept", "v1", TYPE, image("manifest/accept", "accept"));
        String path = "/v2/manifest/accept/manifests/v1";

        assertThat(errorCodes(expect(404, client.get(path, "Accept", MediaTypes.DOCKER_MANIFEST))))
                .containsExactly("MANIFEST_UNKNOWN");
        expect(200, client.get(path, "Accept", "*/*"));
        expect(200, client.get(path));
        expect(200, client.get(path, "Accept", "text/html, " + TYPE + ";q=0.5"));
    }

    @Test
    void aManifestAboveFourMebibytesAnswers413() {
        byte[] huge = SampleManifests.image(config("manifest/huge"), 2, "x".repeat(4 * 1024 * 1024));

        assertThat(errorCodes(expect(413, client.put("/v2/manifest/huge/manifests/v1", huge, "Content-Type", TYPE))))
                .containsExactly("MANIFEST_INVALID");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"schemaVersion\":2}", "not json"})
    void whatIsNoManifestAnswersManifestInvalid(String body) {
        client.startUpload("manifest/invalid");

        assertThat(errorCodes(expect(
                        400,
                        client.put(
                                "/v2/manifest/invalid/manifests/v1",
                                body.getBytes(StandardCharsets.UTF_8),
                                "Content-Type",
                                TYPE))))
                .containsExactly("MANIFEST_INVALID");
    }

    @Test
    void deletingByDigestTakesAllTagsWithItAndByTagTheTagAlone() {
        byte[] manifest = image("manifest/deleted", "deleted");
        client.pushManifest("manifest/deleted", "a", TYPE, manifest);
        client.pushManifest("manifest/deleted", "b", TYPE, manifest);
        client.pushManifest("manifest/deleted", "c", TYPE, manifest);

        expect(202, client.delete("/v2/manifest/deleted/manifests/a"));
        assertThat(client.tags("manifest/deleted")).containsExactly("b", "c");
        assertThat(client.pullManifest("manifest/deleted", digest(manifest).toString()))
                .isEqualTo(manifest);

        expect(202, client.delete("/v2/manifest/deleted/manifests/" + digest(manifest)));
        assertThat(client.tags("manifest/deleted")).isEmpty();
        assertThat(errorCodes(expect(404, client.get("/v2/manifest/deleted/manifests/b"))))
                .containsExactly("MANIFEST_UNKNOWN");
        expect(404, client.delete("/v2/manifest/deleted/manifests/b"));
        expect(404, client.delete("/v2/manifest/deleted/manifests/" + digest(manifest)));

        client.pushManifest("manifest/deleted", "again", TYPE, manifest);
        assertThat(client.pullManifest("manifest/deleted", "again")).isEqualTo(manifest);
    }

    @Test
    void severalTagsAreMovedAtOnceAndEachIsConfirmed() {
        byte[] manifest = image("manifest/tags", "several");
        StringBuilder query = new StringBuilder("?tag=latest&tag=1.2.3&tag=latest");
        for (int i = 0; i < 20; i++) {
            query.append("&tag=more-").append(i);
        }

        HttpResponse<byte[]> answer = expect(
                201,
                client.put("/v2/manifest/tags/manifests/" + digest(manifest) + query, manifest, "Content-Type", TYPE));

        assertThat(header(answer, "OCI-Tag").split(", "))
                .hasSize(22)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(client.tags("manifest/tags"));
        assertThat(client.pullManifest("manifest/tags", "1.2.3")).isEqualTo(manifest);
        assertThat(server.sql("select count(*) as pushes from audit.push where repository = 'manifest/tags'"))
                .containsPattern("(?m)^\\s*22\\s*$");
    }

    @Test
    void aManifestPutByItsSha512HasTagsToo() {
        byte[] manifest = image("manifest/tags512", "several");
        Digest digest = Digest.of(DigestAlgorithm.SHA512, manifest);

        expect(201, client.put("/v2/manifest/tags512/manifests/" + digest + "?tag=a", manifest, "Content-Type", TYPE));

        assertThat(header(expect(200, client.get("/v2/manifest/tags512/manifests/a")), "Docker-Content-Digest"))
                .isEqualTo(digest.toString());
    }

    @Test
    void aHundredTagsAreTakenAndOneMoreIsTooMany() {
        byte[] manifest = image("manifest/toomany", "many");
        StringBuilder query = new StringBuilder("?tag=").append("x".repeat(128));
        for (int i = 0; i < 99; i++) {
            query.append("&tag=").append("y".repeat(120)).append(i);
        }
        String path = "/v2/manifest/toomany/manifests/" + digest(manifest);

        expect(201, client.put(path + query, manifest, "Content-Type", TYPE));
        assertThat(errorCodes(expect(414, client.put(path + query + "&tag=z", manifest, "Content-Type", TYPE))))
                .containsExactly("UNSUPPORTED");

        assertThat(client.tags("manifest/toomany")).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tag=good&tag=.bad", "tag=", "tag", "tag=good&tag=", "tag=good&tag=%20"})
    void oneTagThatIsNoneSpoilsAll(String tags) {
        byte[] manifest = image("manifest/spoilt", "spoilt");

        assertThat(errorCodes(expect(
                        400,
                        client.put(
                                "/v2/manifest/spoilt/manifests/" + digest(manifest) + "?" + tags,
                                manifest,
                                "Content-Type",
                                TYPE))))
                .containsExactly("TAG_INVALID");
        assertThat(client.tags("manifest/spoilt")).isEmpty();
    }

    @Test
    void writersOfTheSameTagsInAnyOrderNeverStandInEachOthersWay() throws Exception {
        Digest config = config("manifest/crossed");
        List<Future<?>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                String query = i % 2 == 0 ? "?tag=a&tag=b&tag=c" : "?tag=c&tag=b&tag=a";
                int writer = i;
                writers.add(threads.submit(() -> {
                    for (int round = 0; round < 20; round++) {
                        byte[] manifest = SampleManifests.image(config, 2, "writer " + writer % 4 + " " + round);
                        String path = "/v2/manifest/crossed/manifests/" + digest(manifest);
                        expect(201, client.put(path + query, manifest, "Content-Type", TYPE));
                        if (writer % 4 == 0) {
                            assertThat(client.delete(path).statusCode()).isIn(202, 404);
                        }
                    }
                }));
            }
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        assertThat(client.tags("manifest/crossed")).isSubsetOf("a", "b", "c");
    }

    @Test
    void indexesAreNestedButNotWithoutEnd() {
        byte[] manifest = image("manifest/nested", "nested");
        client.pushManifest("manifest/nested", digest(manifest).toString(), TYPE, manifest);
        for (int depth = 1; depth <= 8; depth++) {
            manifest = SampleManifests.index(manifest);
            client.pushManifest("manifest/nested", digest(manifest).toString(), MediaTypes.OCI_INDEX, manifest);
        }

        assertThat(errorCodes(expect(
                        400,
                        client.put(
                                "/v2/manifest/nested/manifests/deep",
                                SampleManifests.index(manifest),
                                "Content-Type",
                                MediaTypes.OCI_INDEX))))
                .containsExactly("MANIFEST_INVALID");
    }

    @Test
    void aTargetThatEndsWithASlashIsNotTheOneWithout() {
        byte[] manifest = image("manifest/slash", "slash");
        Digest config = config("manifest/slash");

        expect(404, client.put("/v2/manifest/slash/manifests/v1/", manifest, "Content-Type", TYPE));
        expect(404, client.get("/v2/manifest/slash/manifests/v1"));
        expect(201, client.put("/v2/manifest/slash/manifests/v1", manifest, "Content-Type", TYPE));
        expect(404, client.get("/v2/manifest/slash/manifests/v1/"));
        expect(404, client.head("/v2/manifest/slash/manifests/" + digest(manifest) + "/"));
        expect(404, client.get("/v2/manifest/slash/blobs/" + config + "/"));
        expect(404, client.get("/v2/manifest/slash/referrers/" + config + "/"));
        expect(404, client.get("/v2/_catalog/"));
        expect(404, client.delete("/v2/manifest/slash/manifests/v1/"));
        expect(200, client.get("/v2/manifest/slash/manifests/v1"));
        expect(202, client.post("/v2/manifest/slash/blobs/uploads"));
    }

    @Test
    void aRepositoryThatIsNotThereAnswersNameUnknown() {
        assertThat(errorCodes(expect(404, client.get("/v2/manifest/nowhere/manifests/v1"))))
                .containsExactly("NAME_UNKNOWN");
        assertThat(errorCodes(expect(404, client.delete("/v2/manifest/nowhere/manifests/v1"))))
                .containsExactly("NAME_UNKNOWN");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/UPPER/manifests/v1, NAME_INVALID",
        "/v2/a..b/manifests/v1, NAME_INVALID",
        "/v2/a/../b/manifests/v1, NAME_INVALID",
        "/v2/manifest/tag/manifests/sha256:0, DIGEST_INVALID",
    })
    void aMalformedNameOrDigestAnswers400(String path, String code) {
        assertThat(errorCodes(expect(400, client.get(path)))).containsExactly(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {".hidden", "a%20b", "%C3%A9"})
    void aTagThatCannotBeIsNotFoundAndNotAccepted(String tag) {
        byte[] manifest = SampleManifests.image(config("manifest/tag"), 2);
        String path = "/v2/manifest/tag/manifests/" + tag;

        assertThat(errorCodes(expect(400, client.put(path, manifest, "Content-Type", TYPE))))
                .containsExactly("TAG_INVALID");
        client.pushManifest("manifest/tag", "latest", TYPE, manifest);
        assertThat(errorCodes(expect(404, client.get(path)))).containsExactly("MANIFEST_UNKNOWN");
        expect(404, client.head(path));
    }

    @Test
    void sixteenWritersOfOneTagLeaveOneOfTheirManifestsAndTheHistoryIsOneChain() throws Exception {
        Digest config = config("manifest/raced");
        List<Future<Digest>> puts = new ArrayList<>();
        try (ExecutorService writers = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < 64; i++) {
                byte[] manifest = SampleManifests.image(config, 2, "writer " + i);
                puts.add(writers.submit(() -> client.pushManifest("manifest/raced", "latest", TYPE, manifest)));
            }
        }
        List<Digest> written = new ArrayList<>();
        for (Future<Digest> put : puts) {
            written.add(put.get());
        }
        assertThat(written).contains(digest(client.pullManifest("manifest/raced", "latest")));
    }
}
