package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.json;
import static com.laincloud.registry.it.RegistryClient.location;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedRegistryServer.class)
class Schema1IT {

    private static final String EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";
    private static final String ANY_SCHEMA_2 = MediaTypes.DOCKER_MANIFEST + ", " + MediaTypes.DOCKER_MANIFEST_LIST;

    private final RegistryClient client;
    private final LibtrustSigner signer = new LibtrustSigner();

    Schema1IT(RegistryClient client) {
        this.client = client;
    }

    @Test
    void aTagIsGivenToASilentClientInSchema1AndToOthersAsItIs() {
        byte[] manifest = push("schema1/silent", "v1");

        HttpResponse<byte[]> converted = expect(200, client.get("/v2/schema1/silent/manifests/v1"));

        assertThat(header(converted, "Content-Type")).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
        assertThat(header(converted, "Docker-Content-Digest"))
                .isEqualTo(canonicalDigest(converted.body()).toString());
        JsonObject schema1 = json(converted);
        assertThat(schema1.getString("name")).isEqualTo("schema1/silent");
        assertThat(schema1.getString("tag")).isEqualTo("v1");
        assertThat(SecretFiles.blobSums(schema1))
                .hasSize(4)
                .startsWith(EMPTY_LAYER)
                .contains(EMPTY_LAYER);
        assertThat(schema1.getJsonArray("history")).hasSize(4);
        for (String accept : List.of("*/*", MediaTypes.DOCKER_MANIFEST, MediaTypes.OCI_MANIFEST + "," + ANY_SCHEMA_2)) {
            HttpResponse<byte[]> stored = expect(200, client.get("/v2/schema1/silent/manifests/v1", "Accept", accept));
            assertThat(stored.body()).isEqualTo(manifest);
            assertThat(header(stored, "Content-Type")).isEqualTo(MediaTypes.DOCKER_MANIFEST);
        }
    }

    @Test
    void aClientThatAcceptsSchema1AloneGetsIt() {
        push("schema1/alone", "v1");

        for (String type : List.of(MediaTypes.SCHEMA1, MediaTypes.SCHEMA1_SIGNED, "application/json")) {
            HttpResponse<byte[]> got = expect(200, client.get("/v2/schema1/alone/manifests/v1", "Accept", type));
            assertThat(header(got, "Content-Type")).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
        }
    }

    @Test
    void headTellsWhatGetSendsAndBothKnowWhatTheClientHolds() {
        push("schema1/head", "v1");

        HttpResponse<byte[]> got = expect(200, client.get("/v2/schema1/head/manifests/v1"));
        HttpResponse<byte[]> head = expect(200, client.head("/v2/schema1/head/manifests/v1"));

        for (String name : List.of("Content-Type", "Content-Length", "Docker-Content-Digest", "ETag")) {
            assertThat(header(head, name)).as(name).isEqualTo(header(got, name));
        }
        expect(304, client.get("/v2/schema1/head/manifests/v1", "If-None-Match", header(got, "ETag")));
    }

    @Test
    void byDigestNothingIsEverConverted() {
        byte[] manifest = push("schema1/digest", "v1");

        HttpResponse<byte[]> got = expect(200, client.get("/v2/schema1/digest/manifests/" + digest(manifest)));

        assertThat(got.body()).isEqualTo(manifest);
    }

    @Test
    void theEmptyLayerIsInTheRepositoryOfWhateverWasConverted() {
        push("schema1/empty", "v1");
        expect(404, client.head("/v2/schema1/empty/blobs/" + EMPTY_LAYER));

        expect(200, client.get("/v2/schema1/empty/manifests/v1"));

        client.pullBlob("schema1/empty", Digest.valueOf(EMPTY_LAYER));
        expect(202, client.delete("/v2/schema1/empty/blobs/" + EMPTY_LAYER));
        expect(200, client.get("/v2/schema1/empty/manifests/v1"));
        client.pullBlob("schema1/empty", Digest.valueOf(EMPTY_LAYER));
    }

    @Test
    void ofSeveralPlatformsAClientThatKnowsNoListsGetsTheImageForLinuxOnAmd64() {
        byte[] amd64 = DockerImage.push(client, "schema1/list", "amd64");
        byte[] arm64 = DockerImage.push(client, "schema1/list", "arm64");
        for (byte[] image : List.of(amd64, arm64)) {
            client.pushManifest("schema1/list", digest(image).toString(), DockerImage.TYPE, image);
        }
        byte[] list = DockerImage.list(Map.entry("linux/arm64", arm64), Map.entry("linux/amd64", amd64));
        client.pushManifest("schema1/list", "multi", MediaTypes.DOCKER_MANIFEST_LIST, list);
        String path = "/v2/schema1/list/manifests/multi";

        assertThat(expect(200, client.get(path, "Accept", ANY_SCHEMA_2)).body()).isEqualTo(list);
        HttpResponse<byte[]> image = expect(200, client.get(path, "Accept", MediaTypes.DOCKER_MANIFEST));
        assertThat(image.body()).isEqualTo(amd64);
        assertThat(header(image, "Docker-Content-Digest"))
                .isEqualTo(digest(amd64).toString());
        HttpResponse<byte[]> silent = expect(200, client.get(path));
        assertThat(header(silent, "Content-Type")).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
        assertThat(json(silent).getString("tag")).isEqualTo("multi");
        assertThat(expect(200, client.get("/v2/schema1/list/manifests/" + digest(list)))
                        .body())
                .isEqualTo(list);
    }

    @Test
    void aListWithoutLinuxOnAmd64IsUnknownToAClientThatDoesNotAcceptIt() {
        byte[] arm64 = push("schema1/arm", "arm64");
        byte[] list = DockerImage.list(Map.entry("linux/arm64", arm64));
        client.pushManifest("schema1/arm", "multi", MediaTypes.DOCKER_MANIFEST_LIST, list);
        String path = "/v2/schema1/arm/manifests/multi";

        assertThat(errorCodes(expect(404, client.get(path, "Accept", MediaTypes.DOCKER_MANIFEST))))
                .containsExactly("MANIFEST_UNKNOWN");
        assertThat(expect(200, client.get(path)).body()).isEqualTo(list);
    }

    @Test
    void whatCameFromOciStaysAsItIsForASilentClient() {
        Digest config = client.pushBlob("schema1/oci", "{}".getBytes(UTF_8));
        byte[] image = SampleManifests.image(config, 2, "oci");
        client.pushManifest("schema1/oci", "image", SampleManifests.TYPE, image);
        byte[] index = SampleManifests.index(image);
        client.pushManifest("schema1/oci", "index", MediaTypes.OCI_INDEX, index);

        assertThat(expect(200, client.get("/v2/schema1/oci/manifests/image")).body())
                .isEqualTo(image);
        assertThat(expect(200, client.get("/v2/schema1/oci/manifests/index")).body())
                .isEqualTo(index);
        expect(404, client.get("/v2/schema1/oci/manifests/image", "Accept", MediaTypes.SCHEMA1_SIGNED));
    }

    @Test
    void anArtifactThatIsNoImageStaysAsItIsForASilentClientAndIsUnknownToOneThatDoesNotAcceptIt() {
        byte[] content = "no configuration of an image".getBytes(UTF_8);
        String artifact = """
                {"schemaVersion":2,"mediaType":"%s","layers":[],
                "config":{"mediaType":"application/vnd.example","digest":"%s","size":%d}}""".formatted(DockerImage.TYPE, client.pushBlob("schema1/artifact", content), content.length);
        client.pushManifest("schema1/artifact", "v1", DockerImage.TYPE, artifact.getBytes(UTF_8));

        assertThat(expect(200, client.get("/v2/schema1/artifact/manifests/v1")).body())
                .isEqualTo(artifact.getBytes(UTF_8));
        expect(404, client.get("/v2/schema1/artifact/manifests/v1", "Accept", MediaTypes.SCHEMA1_SIGNED));
    }

    /** What LAIN's Console does for secret files: read two images, put a layer of one upon the other, push that signed. */
    @ParameterizedTest
    @ValueSource(strings = {"schema1/app", "schema1/secrets"})
    void aSecretFileIsLaidUponAReleaseByAToolThatKnowsSchema1Alone(String source) {
        push("schema1/app", "release-" + source.hashCode());
        push(source, "web-config-" + source.hashCode());
        JsonObject release = json(client.get("/v2/schema1/app/manifests/release-" + source.hashCode()));
        JsonObject secrets = json(client.get("/v2/" + source + "/manifests/web-config-" + source.hashCode()));
        String tag = "release-web-config-" + source.hashCode();
        JsonObject overlaid = SecretFiles.overlay(release, secrets, tag);

        String layer = SecretFiles.blobSums(overlaid).getFirst();
        if (!source.equals("schema1/app")) {
            byte[] content = expect(200, client.get("/v2/" + source + "/blobs/" + layer, "Authorization", "Bearer"))
                    .body();
            String upload = location(
                    expect(202, client.post("/v2/schema1/app/blobs/uploads/", new byte[0], "Authorization", "Bearer")));
            assertThat(upload).contains("?");
            expect(
                    201,
                    client.send(
                            "PUT",
                            upload + "&digest=" + layer,
                            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content))));
        }
        byte[] signed = signer.sign(overlaid);
        HttpResponse<byte[]> put = expect(201, client.put("/v2/schema1/app/manifests/" + tag, signed));

        Digest digest = digest(LibtrustSigner.canonical(overlaid));
        assertThat(header(put, "Docker-Content-Digest")).isEqualTo(digest.toString());
        assertThat(location(put)).endsWith("/v2/schema1/app/manifests/" + digest);
        for (String reference : List.of(tag, digest.toString())) {
            for (String accept : List.of("*/*", ANY_SCHEMA_2, MediaTypes.SCHEMA1_SIGNED)) {
                HttpResponse<byte[]> got =
                        expect(200, client.get("/v2/schema1/app/manifests/" + reference, "Accept", accept));
                assertThat(got.body()).isEqualTo(signed);
                assertThat(header(got, "Content-Type")).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
                assertThat(header(got, "Docker-Content-Digest")).isEqualTo(digest.toString());
            }
        }
        for (String blob : SecretFiles.blobSums(overlaid)) {
            client.pullBlob("schema1/app", Digest.valueOf(blob));
        }
    }

    @Test
    void aStoredManifestIsFoundAndDeletedByTheDigestThatHeadTells() {
        JsonObject manifest = converted("schema1/deleted");
        client.put("/v2/schema1/deleted/manifests/old", signer.sign(manifest));

        String digest = header(
                expect(200, client.head("/v2/schema1/deleted/manifests/old", "Accept", MediaTypes.DOCKER_MANIFEST)),
                "Docker-Content-Digest");
        expect(202, client.delete("/v2/schema1/deleted/manifests/" + digest));

        expect(404, client.get("/v2/schema1/deleted/manifests/old"));
        assertThat(client.tags("schema1/deleted")).doesNotContain("old");
    }

    @Test
    void aManifestIsPutByTheDigestOfWhatWasSigned() {
        JsonObject manifest = converted("schema1/by-digest");
        byte[] signed = signer.sign(manifest);
        Digest digest = digest(LibtrustSigner.canonical(manifest));

        expect(201, client.put("/v2/schema1/by-digest/manifests/" + digest, signed));

        assertThat(expect(200, client.get("/v2/schema1/by-digest/manifests/" + digest))
                        .body())
                .isEqualTo(signed);
        assertThat(errorCodes(expect(400, client.put("/v2/schema1/by-digest/manifests/" + digest(signed), signed))))
                .containsExactly("DIGEST_INVALID");
    }

    @Test
    void theSameManifestSignedAnewIsTheSameManifest() {
        JsonObject manifest = converted("schema1/again");

        for (String tag : List.of("one", "two")) {
            HttpResponse<byte[]> put =
                    expect(201, client.put("/v2/schema1/again/manifests/" + tag, new LibtrustSigner().sign(manifest)));
            assertThat(header(put, "Docker-Content-Digest"))
                    .isEqualTo(digest(LibtrustSigner.canonical(manifest)).toString());
        }

        assertThat(client.tags("schema1/again")).contains("one", "two");
    }

    @Test
    void anUnsignedManifestIsSignedForAClientThatPullsIt() {
        byte[] unsigned = converted("schema1/unsigned").toString().getBytes(UTF_8);

        assertThat(errorCodes(expect(400, client.put("/v2/schema1/unsigned/manifests/old", unsigned))))
                .containsExactly("MANIFEST_UNVERIFIED");
        client.pushManifest("schema1/unsigned", "old", MediaTypes.SCHEMA1, unsigned);

        for (String reference : List.of("old", digest(unsigned).toString())) {
            HttpResponse<byte[]> got = expect(200, client.get("/v2/schema1/unsigned/manifests/" + reference));
            assertThat(header(got, "Content-Type")).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
            assertThat(header(got, "Docker-Content-Digest"))
                    .isEqualTo(digest(unsigned).toString());
            assertThat(canonicalDigest(got.body())).isEqualTo(digest(unsigned));
        }
    }

    @Test
    void whatWasChangedAfterItWasSignedIsRefusedAndNothingOfItIsKept() {
        byte[] signed = signer.sign(converted("schema1/tampered"));
        String text = new String(signed, UTF_8);

        for (String tampered : List.of(
                text.replace("\"v1\"", "\"v2\""),
                text.replace("\"x\": \"", "\"x\": \"A"),
                text.replaceFirst("\"signature\": \"..", "\"signature\": \"AA"),
                text.replace("ES256", "none"))) {
            HttpResponse<byte[]> refused =
                    expect(400, client.put("/v2/schema1/tampered/manifests/old", tampered.getBytes(UTF_8)));
            assertThat(errorCodes(refused)).containsExactly("MANIFEST_UNVERIFIED");
        }
        expect(404, client.get("/v2/schema1/tampered/manifests/old"));
        expect(201, client.put("/v2/schema1/tampered/manifests/old", signed));
    }

    @Test
    void everyLayerThatIsNotInTheRepositoryIsNamed() {
        JsonObject manifest = converted("schema1/full");
        client.startUpload("schema1/lacking");

        HttpResponse<byte[]> refused =
                expect(400, client.put("/v2/schema1/lacking/manifests/old", signer.sign(manifest)));

        assertThat(errorCodes(refused)).hasSize(3).allMatch(code -> code.equals("MANIFEST_BLOB_UNKNOWN"));
        assertThat(new String(refused.body(), UTF_8)).contains(SecretFiles.blobSums(manifest));
    }

    private byte[] push(String repository, String tag) {
        byte[] manifest = DockerImage.push(client, repository, tag);
        client.pushManifest(repository, tag, DockerImage.TYPE, manifest);
        return manifest;
    }

    /** An image that was pushed as {@code v1}, in schema 1 and without its signature. */
    private JsonObject converted(String repository) {
        push(repository, "v1");
        JsonObject signed = json(expect(200, client.get("/v2/" + repository + "/manifests/v1")));
        return Json.createObjectBuilder(signed).remove("signatures").build();
    }

    private static Digest canonicalDigest(byte[] signed) {
        Manifest manifest = ManifestParser.parse(signed, MediaTypes.SCHEMA1_SIGNED);
        return digest(manifest.canonical(signed));
    }
}
