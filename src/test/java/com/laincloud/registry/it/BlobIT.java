package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedRegistryServer.class)
class BlobIT {

    /** One that is copied and one that the container sends from the file. */
    private static final int SMALL = 1_000;

    private static final int LARGE = 3_000_000;

    private final RegistryClient client;

    BlobIT(RegistryClient client) {
        this.client = client;
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, SMALL, 65_535, 65_536, LARGE})
    void aBlobComesBackByteForByteWithItsHeaders(int length) {
        byte[] content = content(length);
        Digest digest = client.pushBlob("blob/whole", content);

        HttpResponse<byte[]> got = expect(200, client.get("/v2/blob/whole/blobs/" + digest));
        HttpResponse<byte[]> head = expect(200, client.head("/v2/blob/whole/blobs/" + digest));

        assertThat(got.body()).isEqualTo(content);
        assertThat(head.body()).isEmpty();
        for (HttpResponse<byte[]> answer : Arrays.asList(got, head)) {
            assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(length));
            assertThat(header(answer, "Content-Type")).isEqualTo("application/octet-stream");
            assertThat(header(answer, "Docker-Content-Digest")).isEqualTo(digest.toString());
            assertThat(header(answer, "ETag")).isEqualTo("\"" + digest + "\"");
            assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
            assertThat(header(answer, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void aRangeIsAnsweredWithThatPartAlone(int length) {
        byte[] content = content(length);
        Digest digest = client.pushBlob("blob/range", content);

        assertRange(content, digest, "bytes=0-0", 0, 1);
        assertRange(content, digest, "bytes=100-", 100, length);
        assertRange(content, digest, "bytes=-200", length - 200, length);
        assertRange(content, digest, "bytes=10-999999999999", 10, length);
    }

    private void assertRange(byte[] content, Digest digest, String range, int from, int to) {
        HttpResponse<byte[]> part = expect(206, client.get("/v2/blob/range/blobs/" + digest, "Range", range));
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(content, from, to));
        assertThat(header(part, "Content-Range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/" + content.length);
        assertThat(header(part, "Content-Length")).isEqualTo(Integer.toString(to - from));
    }

    @Test
    void aRangeOutsideTheBlobAnswers416AndNamesTheSize() {
        Digest digest = client.pushBlob("blob/range", content(SMALL));

        HttpResponse<byte[]> answer =
                expect(416, client.get("/v2/blob/range/blobs/" + digest, "Range", "bytes=" + SMALL + "-"));

        assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + SMALL);
        assertThat(errorCodes(answer)).containsExactly("RANGE_INVALID");
    }

    @Test
    void severalRangesAreAnsweredWithTheWholeBlob() {
        byte[] content = content(SMALL);
        Digest digest = client.pushBlob("blob/range", content);

        assertThat(expect(200, client.get("/v2/blob/range/blobs/" + digest, "Range", "bytes=0-1,5-6"))
                        .body())
                .isEqualTo(content);
    }

    @Test
    void whatTheClientHoldsAlreadyAnswers304WithoutBody() {
        Digest digest = client.pushBlob("blob/conditional", content(SMALL));
        String path = "/v2/blob/conditional/blobs/" + digest;

        assertThat(expect(304, client.get(path, "If-None-Match", "\"" + digest + "\""))
                        .body())
                .isEmpty();
        expect(304, client.head(path, "If-None-Match", "\"" + digest + "\""));
        expect(200, client.get(path, "If-None-Match", "\"sha256:0\""));
    }

    @Test
    void aBlobThatIsNotThereAnswersBlobUnknownAndARepositoryThatIsNotThereNameUnknown() {
        client.pushBlob("blob/present", content(SMALL));
        Digest absent = digest("this is not pushed".getBytes(StandardCharsets.UTF_8));

        assertThat(errorCodes(expect(404, client.get("/v2/blob/present/blobs/" + absent))))
                .containsExactly("BLOB_UNKNOWN");
        assertThat(errorCodes(expect(404, client.get("/v2/blob/absent/blobs/" + absent))))
                .containsExactly("NAME_UNKNOWN");
        assertThat(expect(404, client.head("/v2/blob/present/blobs/" + absent)).body())
                .isEmpty();
    }

    @Test
    void aBlobOfOneRepositoryIsNotShownInAnother() {
        client.pushBlob("blob/other", content(1));
        Digest digest = client.pushBlob("blob/one", "only here".getBytes(StandardCharsets.UTF_8));

        expect(404, client.get("/v2/blob/other/blobs/" + digest));
    }

    @Test
    void aMountShowsTheBlobWithoutSendingIt() {
        byte[] content = content(SMALL);
        Digest digest = client.pushBlob("blob/source", content);

        HttpResponse<byte[]> answer =
                expect(201, client.post("/v2/blob/target/blobs/uploads/?mount=" + digest + "&from=blob/source"));

        assertThat(header(answer, "Location")).endsWith("/v2/blob/target/blobs/" + digest);
        assertThat(client.pullBlob("blob/target", digest)).isEqualTo(content);
    }

    @Test
    void aMountThatCannotBeOpensAnUpload() {
        Digest absent = digest("not in blob/source".getBytes(StandardCharsets.UTF_8));
        client.pushBlob("blob/source", content(1));

        HttpResponse<byte[]> answer =
                expect(202, client.post("/v2/blob/target/blobs/uploads/?mount=" + absent + "&from=blob/source"));

        assertThat(header(answer, "Location")).contains("/v2/blob/target/blobs/uploads/");
    }

    @Test
    void aDeletedBlobIsGoneFromThisRepositoryAlone() {
        byte[] content = "deleted in one of two".getBytes(StandardCharsets.UTF_8);
        Digest digest = client.pushBlob("blob/deleted", content);
        client.pushBlob("blob/kept", content);

        expect(202, client.delete("/v2/blob/deleted/blobs/" + digest));

        expect(404, client.get("/v2/blob/deleted/blobs/" + digest));
        expect(404, client.delete("/v2/blob/deleted/blobs/" + digest));
        assertThat(client.pullBlob("blob/kept", digest)).isEqualTo(content);
        assertThat(client.pushBlob("blob/deleted", content)).isEqualTo(digest);
        assertThat(client.pullBlob("blob/deleted", digest)).isEqualTo(content);
    }

    @Test
    void aBlobThatAManifestRefersToIsNotDeletedBeforeTheManifest() {
        Digest config = client.pushBlob("blob/referenced", "{}".getBytes(StandardCharsets.UTF_8));
        Digest manifest =
                client.pushManifest("blob/referenced", "v1", SampleManifests.TYPE, SampleManifests.image(config, 2));

        assertThat(errorCodes(expect(405, client.delete("/v2/blob/referenced/blobs/" + config))))
                .containsExactly("DENIED");
        client.pullBlob("blob/referenced", config);

        expect(202, client.delete("/v2/blob/referenced/manifests/" + manifest));
        expect(202, client.delete("/v2/blob/referenced/blobs/" + config));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e", "nothing", "sha256:"})
    void aMalformedDigestAnswersDigestInvalid(String digest) {
        assertThat(errorCodes(expect(400, client.get("/v2/blob/whole/blobs/" + digest))))
                .containsExactly("DIGEST_INVALID");
    }
}
