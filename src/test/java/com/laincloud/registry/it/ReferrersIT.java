package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.json;
import static com.laincloud.registry.it.RegistryClient.nextPage;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedRegistryServer.class)
class ReferrersIT {

    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);
    private static final Digest SUBJECT = digest("a subject that is not there".getBytes(StandardCharsets.UTF_8));

    private final RegistryClient client;

    ReferrersIT(RegistryClient client) {
        this.client = client;
    }

    private static byte[] artifact(Digest subject, String type, String note) {
        return """
                {"schemaVersion":2,"mediaType":"%s","artifactType":"%s",
                "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},"layers":[],
                "subject":{"mediaType":"%s","digest":"%s","size":7},
                "annotations":{"note":"%s","org.example.ünïcode":"✓ \\"quoted\\""}}""".formatted(MediaTypes.OCI_MANIFEST, type, digest(EMPTY), MediaTypes.OCI_MANIFEST, subject, note)
                .getBytes(StandardCharsets.UTF_8);
    }

    private Digest attach(String repository, Digest subject, String type, String note) {
        client.pushBlob(repository, EMPTY);
        byte[] artifact = artifact(subject, type, note);
        return client.pushManifest(repository, digest(artifact).toString(), MediaTypes.OCI_MANIFEST, artifact);
    }

    private HttpResponse<byte[]> referrers(String repository, Digest subject, String query) {
        return expect(200, client.get("/v2/" + repository + "/referrers/" + subject + query));
    }

    private static List<JsonObject> descriptors(HttpResponse<byte[]> answer) {
        assertThat(header(answer, "Content-Type")).isEqualTo(MediaTypes.OCI_INDEX);
        JsonObject index = json(answer);
        assertThat(index.getInt("schemaVersion")).isEqualTo(2);
        assertThat(index.getString("mediaType")).isEqualTo(MediaTypes.OCI_INDEX);
        return index.getJsonArray("manifests").getValuesAs(JsonObject.class);
    }

    private static List<String> digests(HttpResponse<byte[]> answer) {
        return descriptors(answer).stream()
                .map(descriptor -> descriptor.getString("digest"))
                .toList();
    }

    @Test
    void aReferrerIsDescribedWithEverythingItSaysOfItself() {
        byte[] artifact = artifact(SUBJECT, "application/vnd.example.sbom", "described");
        client.pushBlob("referrers/described", EMPTY);

        HttpResponse<byte[]> put = expect(
                201,
                client.put(
                        "/v2/referrers/described/manifests/" + digest(artifact),
                        artifact,
                        "Content-Type",
                        MediaTypes.OCI_MANIFEST));

        assertThat(header(put, "OCI-Subject")).isEqualTo(SUBJECT.toString());
        HttpResponse<byte[]> answer = referrers("referrers/described", SUBJECT, "");
        assertThat(answer.headers().firstValue("OCI-Filters-Applied")).isEmpty();
        assertThat(descriptors(answer)).singleElement().satisfies(descriptor -> {
            assertThat(descriptor.getString("mediaType")).isEqualTo(MediaTypes.OCI_MANIFEST);
            assertThat(descriptor.getString("digest"))
                    .isEqualTo(digest(artifact).toString());
            assertThat(descriptor.getInt("size")).isEqualTo(artifact.length);
            assertThat(descriptor.getString("artifactType")).isEqualTo("application/vnd.example.sbom");
            assertThat(descriptor.getJsonObject("annotations").getString("note"))
                    .isEqualTo("described");
            assertThat(descriptor.getJsonObject("annotations").getString("org.example.ünïcode"))
                    .isEqualTo("✓ \"quoted\"");
        });
    }

    @Test
    void withoutATypeOfItsOwnAnImageIsOfItsConfigsAndAnIndexOfNone() {
        String repository = "referrers/untyped";
        client.pushBlob(repository, EMPTY);
        byte[] image = """
                {"schemaVersion":2,"mediaType":"%s",
                "config":{"mediaType":"application/vnd.example.config","digest":"%s","size":2},"layers":[],
                "subject":{"mediaType":"%s","digest":"%s","size":7}}""".formatted(MediaTypes.OCI_MANIFEST, digest(EMPTY), MediaTypes.OCI_MANIFEST, SUBJECT)
                .getBytes(StandardCharsets.UTF_8);
        byte[] index = """
                {"schemaVersion":2,"mediaType":"%s","manifests":[],
                "subject":{"mediaType":"%s","digest":"%s","size":7}}""".formatted(MediaTypes.OCI_INDEX, MediaTypes.OCI_MANIFEST, SUBJECT)
                .getBytes(StandardCharsets.UTF_8);

        client.pushManifest(repository, "image", MediaTypes.OCI_MANIFEST, image);
        client.pushManifest(repository, "index", MediaTypes.OCI_INDEX, index);

        List<JsonObject> listed = descriptors(referrers(repository, SUBJECT, ""));
        assertThat(listed).hasSize(2);
        assertThat(listed.getFirst().getString("artifactType")).isEqualTo("application/vnd.example.config");
        assertThat(listed.getFirst()).doesNotContainKey("annotations");
        assertThat(listed.getLast().getString("mediaType")).isEqualTo(MediaTypes.OCI_INDEX);
        assertThat(listed.getLast()).doesNotContainKey("artifactType");
    }

    @Test
    void aListCanBeOfOneTypeAlone() {
        String repository = "referrers/filtered";
        Digest signature = attach(repository, SUBJECT, "application/vnd.example.signature", "signature");
        attach(repository, SUBJECT, "application/vnd.example.sbom", "sbom");

        HttpResponse<byte[]> answer =
                referrers(repository, SUBJECT, "?artifactType=application%2Fvnd.example.signature");
        assertThat(header(answer, "OCI-Filters-Applied")).isEqualTo("artifactType");
        assertThat(digests(answer)).containsExactly(signature.toString());

        HttpResponse<byte[]> none = referrers(repository, SUBJECT, "?artifactType=application/vnd.example.none");
        assertThat(header(none, "OCI-Filters-Applied")).isEqualTo("artifactType");
        assertThat(digests(none)).isEmpty();
        assertThat(digests(referrers(repository, SUBJECT, "?artifactType="))).hasSize(2);
        assertThat(digests(referrers(repository, SUBJECT, "?artifactType=%01%E2%9C%93")))
                .isEmpty();
    }

    @Test
    void whatNothingRefersToHasAnEmptyListWhereverItIsAskedFor() {
        attach("referrers/other", SUBJECT, "application/vnd.example.sbom", "other");

        assertThat(digests(referrers("referrers/other", digest(new byte[3]), "")))
                .isEmpty();
        assertThat(digests(referrers("referrers/nowhere", SUBJECT, ""))).isEmpty();
        assertThat(digests(referrers("referrers/other", SUBJECT, "?n=0"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:0", "latest", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:%zz"})
    void whatIsNoDigestAnswersDigestInvalid(String digest) {
        assertThat(errorCodes(
                        expect(400, client.get("/v2/referrers/other/referrers/" + digest.replace("%zz", "%25zz")))))
                .containsExactly("DIGEST_INVALID");
    }

    @Test
    void aListIsPagedInTheOrderOfPushingAndEveryPageLinksToTheNext() {
        String repository = "referrers/paged";
        List<String> attached = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            attached.add(attach(repository, SUBJECT, "application/vnd.example.a+b", "number " + i)
                    .toString());
            attach(repository, SUBJECT, "application/vnd.example.other", "number " + i);
        }

        List<List<String>> pages = new ArrayList<>();
        Optional<String> next = Optional.of(
                "/v2/" + repository + "/referrers/" + SUBJECT + "?n=2&artifactType=application%2Fvnd.example.a%2Bb");
        while (next.isPresent()) {
            HttpResponse<byte[]> page = expect(200, client.get(next.get()));
            assertThat(header(page, "OCI-Filters-Applied")).isEqualTo("artifactType");
            pages.add(digests(page));
            next = nextPage(page);
        }

        assertThat(pages).containsExactly(attached.subList(0, 2), attached.subList(2, 4), attached.subList(4, 5));
        assertThat(errorCodes(
                        expect(400, client.get("/v2/" + repository + "/referrers/" + SUBJECT + "?last=somewhere"))))
                .containsExactly("PAGINATION_NUMBER_INVALID");
    }

    @Test
    void aPageOfLargeManifestsEndsEarly() {
        String repository = "referrers/large";
        for (int i = 0; i < 4; i++) {
            attach(repository, SUBJECT, "application/vnd.example.large", i + "x".repeat(1_500_000));
        }

        List<Integer> sizes = new ArrayList<>();
        Optional<String> next = Optional.of("/v2/" + repository + "/referrers/" + SUBJECT);
        while (next.isPresent()) {
            HttpResponse<byte[]> page = expect(200, client.get(next.get()));
            sizes.add(digests(page).size());
            next = nextPage(page);
        }

        assertThat(sizes).containsExactly(2, 2);
    }

    @Test
    void whatClientsListedUnderTheFallbackTagIsListedOnceAsWell() {
        String repository = "referrers/fallback";
        Digest config = client.pushBlob(repository, EMPTY);
        byte[] withoutSubject = SampleManifests.image(config, 2, "a signature of an old client");
        client.pushManifest(repository, digest(withoutSubject).toString(), MediaTypes.OCI_MANIFEST, withoutSubject);
        Digest withSubject = attach(repository, SUBJECT, "application/vnd.example.sbom", "fallback");
        Digest ofAnother = attach(repository, digest(new byte[4]), "application/vnd.example.sbom", "another's");
        client.pushManifest(
                repository,
                "sha256-" + SUBJECT.encoded(),
                MediaTypes.OCI_INDEX,
                SampleManifests.index(
                        withoutSubject,
                        client.pullManifest(repository, withSubject.toString()),
                        client.pullManifest(repository, ofAnother.toString())));
        Digest later = attach(repository, SUBJECT, "application/vnd.example.sbom", "later");

        assertThat(digests(referrers(repository, SUBJECT, "")))
                .containsExactly(digest(withoutSubject).toString(), withSubject.toString(), later.toString());
        assertThat(digests(referrers(repository, SUBJECT, "?artifactType=application/vnd.oci.image.config.v1%2Bjson")))
                .containsExactly(digest(withoutSubject).toString());
    }

    @Test
    void theFallbackTagOfALongDigestIsCutToTheLengthOfTags() {
        String repository = "referrers/sha512";
        Digest subject = Digest.of(DigestAlgorithm.SHA512, EMPTY);
        Digest config = client.pushBlob(repository, EMPTY);
        byte[] image = SampleManifests.image(config, 2, "long");
        client.pushManifest(repository, digest(image).toString(), MediaTypes.OCI_MANIFEST, image);
        client.pushManifest(
                repository,
                "sha512-" + subject.encoded().substring(0, 64),
                MediaTypes.OCI_INDEX,
                SampleManifests.index(image));

        assertThat(digests(referrers(repository, subject, "")))
                .containsExactly(digest(image).toString());
    }

    @Test
    void aReferrerThatIsDeletedIsListedNoMore() {
        String repository = "referrers/deleted";
        Digest kept = attach(repository, SUBJECT, "application/vnd.example.sbom", "kept");
        Digest deleted = attach(repository, SUBJECT, "application/vnd.example.sbom", "deleted");

        expect(202, client.delete("/v2/" + repository + "/manifests/" + deleted));

        assertThat(digests(referrers(repository, SUBJECT, ""))).containsExactly(kept.toString());
    }
}
