package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.location;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedRegistryServer.class)
class UploadIT {

    private final RegistryServer server;
    private final RegistryClient client;

    UploadIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random().nextBytes(content);
        return content;
    }

    @Test
    void openingASessionSaysWhereItGoesOn() {
        HttpResponse<byte[]> answer = expect(202, client.post("/v2/upload/open/blobs/uploads/"));

        String id = header(answer, "Docker-Upload-UUID");
        assertThat(location(answer))
                .startsWith(server.uri() + "v2/upload/open/blobs/uploads/" + id)
                .contains("?");
        assertThat(header(answer, "Range")).isEqualTo("0-0");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void theLocationFollowsTheAddressThatAProxySaysWasAskedFor() {
        HttpResponse<byte[]> answer = expect(
                202,
                client.post(
                        "/v2/upload/open/blobs/uploads/",
                        new byte[0],
                        "X-Forwarded-Proto",
                        "https",
                        "X-Forwarded-Host",
                        "registry.lain.local"));

        assertThat(location(answer)).startsWith("https://registry.lain.local/v2/upload/open/blobs/uploads/");
    }

    @Test
    void aWholeBlobIsPushedInOneRequest() {
        byte[] content = content(100_000);
        Digest digest = digest(content);

        HttpResponse<byte[]> answer =
                expect(201, client.post("/v2/upload/monolithic/blobs/uploads/?digest=" + digest, content));

        assertThat(location(answer)).endsWith("/v2/upload/monolithic/blobs/" + digest);
        assertThat(client.pullBlob("upload/monolithic", digest)).isEqualTo(content);
    }

    @Test
    void aBlobArrivesInChunksThatSayWhereTheyBelongAndTheLastComesWithTheEnd() {
        byte[] content = content(300_000);
        String at = client.startUpload("upload/chunks");

        HttpResponse<byte[]> first =
                expect(202, client.patch(at, Arrays.copyOf(content, 100_000), "Content-Range", "0-99999"));
        assertThat(header(first, "Range")).isEqualTo("0-99999");
        HttpResponse<byte[]> second = expect(
                202,
                client.patch(
                        location(first),
                        Arrays.copyOfRange(content, 100_000, 200_000),
                        "Content-Range",
                        "100000-199999"));
        HttpResponse<byte[]> status = expect(204, client.get(location(second)));
        assertThat(header(status, "Range")).isEqualTo("0-199999");
        expect(
                201,
                client.put(
                        withDigest(location(status), digest(content)),
                        Arrays.copyOfRange(content, 200_000, 300_000),
                        "Content-Range",
                        "200000-299999"));

        assertThat(client.pullBlob("upload/chunks", digest(content))).isEqualTo(content);
    }

    @Test
    void aStreamOfUnknownLengthArrivesWhole() {
        byte[] content = content(2_000_000);
        String at = client.startUpload("upload/streamed");

        HttpResponse<byte[]> answer = expect(
                202, client.send("PATCH", at, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content))));
        assertThat(header(answer, "Range")).isEqualTo("0-1999999");
        client.completeUpload(location(answer), digest(content));

        assertThat(client.pullBlob("upload/streamed", digest(content))).isEqualTo(content);
    }

    @Test
    void theEmptyBlobIsABlob() {
        Digest empty = digest(new byte[0]);

        client.completeUpload(client.startUpload("upload/empty"), empty);

        assertThat(client.pullBlob("upload/empty", empty)).isEmpty();
    }

    @Test
    void aBlobCanBeNamedByItsSha512() {
        byte[] content = content(50_000);
        Digest digest = Digest.of(DigestAlgorithm.SHA512, content);

        client.completeUpload(client.patchUpload(client.startUpload("upload/sha512"), content), digest);

        assertThat(client.pullBlob("upload/sha512", digest)).isEqualTo(content);
    }

    @Test
    void aSessionCanBeToldWhichDigestToExpect() {
        byte[] content = content(50_000);
        Digest digest = Digest.of(DigestAlgorithm.SHA512, content);

        String at = location(expect(202, client.post("/v2/upload/algorithm/blobs/uploads/?digest-algorithm=sha512")));
        client.completeUpload(client.patchUpload(at, content), digest);
        assertThat(client.pullBlob("upload/algorithm", digest)).isEqualTo(content);

        // and changes its mind
        byte[] other = content(50_000);
        at = location(expect(202, client.post("/v2/upload/algorithm/blobs/uploads/?digest-algorithm=sha512")));
        client.completeUpload(client.patchUpload(at, other), digest(other));
        assertThat(client.pullBlob("upload/algorithm", digest(other))).isEqualTo(other);
    }

    @ParameterizedTest
    @ValueSource(strings = {"md5", "SHA256", "sha", "sha512%00"})
    void anAlgorithmThatIsNotSupportedAnswersDigestInvalid(String algorithm) {
        assertThat(errorCodes(
                        expect(400, client.post("/v2/upload/algorithm/blobs/uploads/?digest-algorithm=" + algorithm))))
                .containsExactly("DIGEST_INVALID");
    }

    @Test
    void aChunkOutOfOrderAnswers416WithWhatIsThereAndNothingOfItCounts() {
        byte[] content = content(2_000);
        String at = location(expect(
                202,
                client.patch(
                        client.startUpload("upload/order"), Arrays.copyOf(content, 1_000), "Content-Range", "0-999")));

        HttpResponse<byte[]> refused =
                expect(416, client.patch(at, Arrays.copyOfRange(content, 1_000, 2_000), "Content-Range", "1001-2000"));
        assertThat(header(refused, "Range")).isEqualTo("0-999");

        at = location(
                expect(202, client.patch(at, Arrays.copyOfRange(content, 1_000, 2_000), "Content-Range", "1000-1999")));
        client.completeUpload(at, digest(content));
        assertThat(client.pullBlob("upload/order", digest(content))).isEqualTo(content);
    }

    /** A loss of power may take back how far a session had come; its client has been told otherwise. */
    @ParameterizedTest
    @ValueSource(strings = {"PATCH", "PUT"})
    void aSessionThatHasLessThanItsClientWasToldIsEnded(String method) {
        byte[] bytes = content(64);
        String session = location(expect(202, client.post("/v2/upload/cutback/blobs/uploads/")));
        String told = location(expect(202, client.patch(session, bytes))).replace("_state=64", "_state=65");

        HttpResponse<byte[]> answer = method.equals("PUT")
                ? client.put(withDigest(told, digest(bytes)), new byte[0])
                : client.patch(told, bytes);

        expect(404, answer);
        assertThat(errorCodes(answer)).containsExactly("BLOB_UPLOAD_UNKNOWN");
        expect(404, client.get(session));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&_state=none", "&_state=-1"})
    void whatAClientMakesOfTheStateInItsLocationDoesNotHurtIt(String state) {
        byte[] bytes = content(64);
        String session = location(expect(202, client.post("/v2/upload/stateless/blobs/uploads/")));
        String bare = location(expect(202, client.patch(session, bytes))).replaceFirst("\\?.*", "?x=y");

        expect(201, client.put(withDigest(bare + state, digest(bytes)), new byte[0]));
    }

    @Test
    void completingAnUploadWithTheWrongDigestAnswers400AndTheRightOneStillCompletesIt() {
        byte[] content = content(10_000);
        Digest wrong = digest(content(10));
        String at = client.patchUpload(client.startUpload("upload/wrong"), content);

        assertThat(errorCodes(expect(400, client.put(withDigest(at, wrong), new byte[0]))))
                .containsExactly("DIGEST_INVALID");
        expect(404, client.head("/v2/upload/wrong/blobs/" + wrong));

        client.completeUpload(at, digest(content));
        assertThat(client.pullBlob("upload/wrong", digest(content))).isEqualTo(content);
    }

    @Test
    void aWrongDigestWithTheLastChunkDropsThatChunkAlone() {
        byte[] content = content(10_000);
        String at = client.patchUpload(client.startUpload("upload/wrong"), Arrays.copyOf(content, 4_000));

        expect(400, client.put(withDigest(at, digest(content)), content(6_000)));
        assertThat(header(expect(204, client.get(at)), "Range")).isEqualTo("0-3999");

        expect(201, client.put(withDigest(at, digest(content)), Arrays.copyOfRange(content, 4_000, 10_000)));
        assertThat(client.pullBlob("upload/wrong", digest(content))).isEqualTo(content);
    }

    @Test
    void aMonolithicPushWithTheWrongDigestKeepsNothing() {
        Digest wrong = digest(content(10));

        assertThat(errorCodes(
                        expect(400, client.post("/v2/upload/wrong/blobs/uploads/?digest=" + wrong, content(1_000)))))
                .containsExactly("DIGEST_INVALID");
        expect(404, client.head("/v2/upload/wrong/blobs/" + wrong));
    }

    @Test
    void completingWithoutADigestAnswersDigestInvalid() {
        assertThat(errorCodes(expect(400, client.put(client.startUpload("upload/nodigest"), new byte[0]))))
                .containsExactly("DIGEST_INVALID");
    }

    @Test
    void aCancelledSessionIsUnknown() {
        String at = client.patchUpload(client.startUpload("upload/cancelled"), content(1_000));

        expect(204, client.delete(at));

        assertThat(errorCodes(expect(404, client.get(at)))).containsExactly("BLOB_UPLOAD_UNKNOWN");
        assertThat(errorCodes(expect(404, client.patch(at, content(1))))).containsExactly("BLOB_UPLOAD_UNKNOWN");
        assertThat(errorCodes(expect(404, client.delete(at)))).containsExactly("BLOB_UPLOAD_UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not-a-uuid", "00000000-0000-0000-0000-000000000000"})
    void aSessionThatNeverWasIsUnknown(String id) {
        client.startUpload("upload/known");

        assertThat(errorCodes(expect(404, client.get("/v2/upload/known/blobs/uploads/" + id))))
                .containsExactly("BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void aSessionBelongsToItsRepository() {
        String id = header(client.post("/v2/upload/mine/blobs/uploads/"), "Docker-Upload-UUID");
        client.startUpload("upload/yours");

        expect(404, client.get("/v2/upload/yours/blobs/uploads/" + id));
        expect(404, client.delete("/v2/upload/yours/blobs/uploads/" + UUID.fromString(id)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "9-5", "a-b", "-1-5"})
    void aMalformedContentRangeAnswers416(String range) {
        assertThat(errorCodes(expect(
                        416, client.patch(client.startUpload("upload/malformed"), content(5), "Content-Range", range))))
                .containsExactly("RANGE_INVALID");
    }

    @Test
    void aBodyThatIsNotAsLongAsItsContentRangeAnswersSizeInvalidAndNothingCounts() {
        String at = client.startUpload("upload/length");

        assertThat(errorCodes(expect(400, client.patch(at, content(11), "Content-Range", "0-9"))))
                .containsExactly("SIZE_INVALID");
        assertThat(errorCodes(expect(
                        400,
                        client.send(
                                "PATCH",
                                at,
                                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100_000])),
                                "Content-Range",
                                "0-9"))))
                .containsExactly("SIZE_INVALID");
        assertThat(header(expect(204, client.get(at)), "Range")).isEqualTo("0-0");
    }

    @Test
    void aConnectionThatBreaksLeavesASessionThatGoesOnWhereItsStatusSays() throws Exception {
        byte[] content = content(1_000_000);
        URI at = server.uri().resolve(client.startUpload("upload/broken"));
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            socket.getOutputStream()
                    .write(("PATCH " + at.getRawPath() + "?" + at.getRawQuery() + " HTTP/1.1\r\nHost: "
                                    + at.getAuthority() + "\r\nContent-Length: " + content.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(content, 0, 400_000);
            socket.getOutputStream().flush();
        }

        String range = untilReleased(at.toString());
        int received = Integer.parseInt(range.substring(2)) + 1;
        assertThat(received).isLessThanOrEqualTo(400_000);
        int from = received == 1 ? 0 : received;
        String next = client.patchUpload(at.toString(), Arrays.copyOfRange(content, from, content.length));
        client.completeUpload(next, digest(content));
        assertThat(client.pullBlob("upload/broken", digest(content))).isEqualTo(content);
    }

    /** The server learns of a broken connection a moment after it broke. */
    private String untilReleased(String at) throws InterruptedException {
        String range = header(expect(204, client.get(at)), "Range");
        for (int i = 0; i < 50 && range.equals("0-0"); i++) {
            Thread.sleep(20);
            range = header(expect(204, client.get(at)), "Range");
        }
        return range;
    }

    @Test
    void aWriterThatStallsIsOvertakenAndWhatItStillSendsMeansNothing() throws Exception {
        byte[] content = content(500_000);
        URI at = server.uri().resolve(client.startUpload("upload/stalled"));
        try (Socket stalled = new Socket(at.getHost(), at.getPort())) {
            stalled.getOutputStream()
                    .write(("PATCH " + at.getRawPath() + " HTTP/1.1\r\nHost: " + at.getAuthority()
                                    + "\r\nContent-Length: 200000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            stalled.getOutputStream().write(content(100_000));
            stalled.getOutputStream().flush();
            Thread.sleep(200);

            String next = client.patchUpload(at.toString(), content);
            stalled.getOutputStream().write(content(100_000));
            stalled.getOutputStream().flush();
            InputStream answer = stalled.getInputStream();
            assertThat(new String(answer.readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 400");
            client.completeUpload(next, digest(content));
        }

        assertThat(client.pullBlob("upload/stalled", digest(content))).isEqualTo(content);
    }

    @Test
    void sixtyFourUploadsAtOnceAllArriveWhole() throws Exception {
        List<Future<?>> pushes = new ArrayList<>();
        try (ExecutorService pushers = Executors.newFixedThreadPool(64)) {
            for (int i = 0; i < 64; i++) {
                pushes.add(pushers.submit(() -> {
                    byte[] content = content(1_000_000);
                    Digest digest = client.pushBlobInPatches("upload/many", content);
                    assertThat(client.pullBlob("upload/many", digest)).isEqualTo(content);
                }));
            }
        }
        for (Future<?> push : pushes) {
            push.get();
        }
    }

    @Test
    void sixteenClientsThatPushTheSameBlobAtOnceAllSucceed() throws Exception {
        byte[] content = content(500_000);
        List<Future<Digest>> pushes = new ArrayList<>();
        try (ExecutorService pushers = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < 16; i++) {
                String repository = "upload/same" + i % 4;
                pushes.add(pushers.submit(() -> client.pushBlob(repository, content)));
            }
        }
        for (Future<Digest> push : pushes) {
            assertThat(push.get()).isEqualTo(digest(content));
        }
        for (int i = 0; i < 4; i++) {
            assertThat(client.pullBlob("upload/same" + i, digest(content))).isEqualTo(content);
        }
    }
}
