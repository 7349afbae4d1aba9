package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Repositories hold no more than they may. */
class QuotaIT {

    private static RegistryServer server;
    private static RegistryClient client;

    @BeforeAll
    static void start() {
        server = RegistryServer.start(Map.of(
                "REGISTRY_QUOTA_RULES",
                "[{namespace: team/*, bytes: 3KB}, {namespace: 'lent/**', bytes: 1500}, {namespace: full, bytes: 0}]"));
        client = new RegistryClient(server.uri());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] bytes(int length, int value) {
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) value);
        return content;
    }

    private static Digest digest(byte[] content) {
        return Digest.of(DigestAlgorithm.SHA256, content);
    }

    private static HttpResponse<byte[]> push(String repository, byte[] content) {
        return client.post("/v2/" + repository + "/blobs/uploads/?digest=" + digest(content), content);
    }

    private static void refused(HttpResponse<byte[]> answer, String reason) {
        assertThat(errorCodes(expect(403, answer))).containsExactly("DENIED");
        assertThat(RegistryClient.json(answer)
                        .getJsonArray("errors")
                        .getJsonObject(0)
                        .getString("message"))
                .as("what docker shows")
                .contains(reason);
    }

    private static String usage(String namespace) {
        return server.sql("select bytes from audit.usage where namespace = '" + namespace + "'");
    }

    @Test
    void whatDoesNotFitIntoANamespaceIsRefusedWithItsQuotaUntilSomethingGoes() {
        expect(201, push("team/one", bytes(1000, 1)));
        expect(201, push("team/two", bytes(1000, 1)));
        expect(201, push("team/two", bytes(900, 2)));
        expect(201, push("team/two/deeper", bytes(5000, 3)));
        assertThat(usage("team/*")).contains("2900");
        assertThat(usage("team/**")).contains("7900");

        refused(push("team/one", bytes(101, 4)), "the quota of team/* is 3000 bytes, of which 2900 are used; 101 more");
        expect(404, client.head("/v2/team/one/blobs/" + digest(bytes(101, 4))));
        expect(201, push("team/two", bytes(1000, 1)));
        expect(201, push("team/one", bytes(100, 5)));
        refused(client.post("/v2/team/two/blobs/uploads/"), "of which 3000 are used");

        expect(202, client.delete("/v2/team/two/blobs/" + digest(bytes(900, 2))));
        expect(201, push("team/one", bytes(101, 4)));
    }

    @Test
    void anUploadThatDoesNotFitGoesOnWhenThereIsRoom() {
        expect(201, push("lent/one", bytes(1000, 6)));
        byte[] content = bytes(600, 7);
        String session = client.startUpload("lent/two");
        String end = RegistryClient.withDigest(session, digest(content));

        refused(client.put(end, content), "600 more do not fit");
        refused(client.patch(session, content), "600 more do not fit");
        expect(404, client.head("/v2/lent/two/blobs/" + digest(content)));
        expect(202, client.delete("/v2/lent/one/blobs/" + digest(bytes(1000, 6))));
        expect(201, client.put(end, content));
        assertThat(client.pullBlob("lent/two", digest(content))).isEqualTo(content);
    }

    @Test
    void aMountIsAskedForRoomTooUnlessTheBlobIsThere() {
        byte[] content = "mounted".getBytes(StandardCharsets.UTF_8);
        expect(201, push("elsewhere", content));

        refused(
                client.post("/v2/full/blobs/uploads/?mount=" + digest(content) + "&from=elsewhere"),
                "the quota of full is 0 bytes, of which 0 are used; 7 more");
        expect(201, client.post("/v2/elsewhere/blobs/uploads/?mount=" + digest(content) + "&from=elsewhere"));
        expect(201, client.post("/v2/free/blobs/uploads/?mount=" + digest(content) + "&from=elsewhere"));
        assertThat(usage("free")).contains("7");
    }
}
