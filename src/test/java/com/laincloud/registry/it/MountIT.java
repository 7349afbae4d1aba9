package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.location;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedRegistryServer.class)
class MountIT {

    private final RegistryServer server;
    private final RegistryClient client;

    MountIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    private static byte[] content(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private HttpResponse<byte[]> mount(String repository, Object digest, String more) {
        return client.post("/v2/" + repository + "/blobs/uploads/?mount=" + digest + more);
    }

    @Test
    void aBlobIsMountedFromTheRepositoryThatIsNamed() {
        Digest digest = client.pushBlob("mount/source", content("named"));

        HttpResponse<byte[]> answer = expect(201, mount("mount/named", digest, "&from=mount/source"));

        assertThat(location(answer)).endsWith("/v2/mount/named/blobs/" + digest);
        assertThat(header(answer, "Docker-Content-Digest")).isEqualTo(digest.toString());
        assertThat(client.pullBlob("mount/named", digest)).isEqualTo(content("named"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&from="})
    void aBlobIsMountedFromAnyRepositoryIfNoneIsNamed(String from) {
        byte[] content = content("from anywhere" + from);
        Digest digest = client.pushBlob("mount/somewhere", content);

        expect(201, mount("mount/anywhere", digest, from));

        assertThat(client.pullBlob("mount/anywhere", digest)).isEqualTo(content);
        assertThat(server.sql("select mounted from audit.blob_push where repository = 'mount/anywhere' and digest = '"
                        + digest + "'"))
                .contains("t");
    }

    @Test
    void aBlobIsMountedFromOneOfHundredsOfRepositories() {
        Digest digest = client.pushBlob("mount/many/0", content("many"));
        for (int i = 1; i < 120; i++) {
            expect(201, mount("mount/many/" + i, digest, "&from=mount/many/0"));
        }

        expect(201, mount("mount/of-many", digest, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "&from=mount/empty", "&from=mount/nowhere", "&from=UPPER", "&from=..%2F..", "&from=%00"})
    void whatCannotBeMountedIsUploaded(String from) {
        client.startUpload("mount/empty");
        byte[] content = content("not there" + from);

        HttpResponse<byte[]> answer = expect(202, mount("mount/fallback", digest(content), from));

        client.completeUpload(client.patchUpload(location(answer), content), digest(content));
        assertThat(client.pullBlob("mount/fallback", digest(content))).isEqualTo(content);
    }

    @Test
    void aRepositoryThatIsNamedIsTheOnlyOneThatIsLookedAt() {
        Digest digest = client.pushBlob("mount/elsewhere", content("elsewhere"));
        client.startUpload("mount/empty");

        expect(202, mount("mount/strict", digest, "&from=mount/empty"));
        expect(404, client.head("/v2/mount/strict/blobs/" + digest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:0", "md5:d41d8cd98f00b204e9800998ecf8427e", "nothing"})
    void whatIsNoDigestAnswersDigestInvalid(String digest) {
        assertThat(errorCodes(expect(400, mount("mount/invalid", digest, "&from=mount/source"))))
                .containsExactly("DIGEST_INVALID");
    }
}
