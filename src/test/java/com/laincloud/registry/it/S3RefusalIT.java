package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.s3.TroubledWay;
import com.laincloud.registry.storage.s3.TroubledWay.Fate;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pulls go on while a store takes nothing. */
@ExtendWith(VersityGateway.Extension.class)
class S3RefusalIT {

    private static final int PART = 5 << 20;
    private static final int SCRATCH = 4 * PART;

    private final VersityGateway store;
    private final AtomicReference<Fate> writing = new AtomicReference<>(Fate.PASSES);

    S3RefusalIT(VersityGateway store) {
        this.store = store;
    }

    private Fate fate(String request) {
        return request.startsWith("GET ") || request.startsWith("HEAD ") ? Fate.PASSES : writing.get();
    }

    @Test
    void pullsGoOnWhileAStoreIsFullOrReadOnlyAndPushesAfterwards() {
        String bucket = store.bucket();
        try (TroubledWay way = new TroubledWay(store.endpoint(), this::fate);
                RegistryServer server = RegistryServer.installed(store.environment(bucket))) {
            server.setEnvironment(
                    "REGISTRY_STORAGE_S3_REGIONENDPOINT", way.endpoint().toString());
            server.setEnvironment("REGISTRY_STORAGE_S3_CHUNKSIZE", Integer.toString(PART));
            server.setEnvironment("REGISTRY_STORAGE_REDIRECT_DISABLE", "true");
            server.startAgain();
            RegistryClient client = new RegistryClient(server.uri());
            byte[] kept = content(PART + 1000);
            Digest digest = client.pushBlob("s3/full", kept);
            for (int length : new int[] {2000, PART + 2000}) {
                byte[] refused = content(length);

                writing.set(Fate.FULL);
                expect(507, push(client, refused));
                assertThat(client.pullBlob("s3/full", digest)).isEqualTo(kept);

                writing.set(Fate.FORBIDDEN);
                assertThat(expect(503, push(client, refused)).headers().firstValue("Retry-After"))
                        .isPresent();
                assertThat(client.pullBlob("s3/full", digest)).isEqualTo(kept);
                expect(404, client.head("/v2/s3/full/blobs/" + RegistryClient.digest(refused)));

                writing.set(Fate.PASSES);
                expect(201, push(client, refused));
                assertThat(client.pullBlob("s3/full", RegistryClient.digest(refused)))
                        .isEqualTo(refused);
            }
        }
    }

    @Test
    void anUploadThatFindsTheScratchFullIsToldSoAndPullsGoOn() {
        try (RegistryServer server = RegistryServer.installed(store.environment(store.bucket()))) {
            server.setEnvironment("REGISTRY_STORAGE_S3_CHUNKSIZE", Integer.toString(PART));
            server.setEnvironment("REGISTRY_STORAGE_S3_SCRATCHSIZE", Integer.toString(SCRATCH));
            server.setEnvironment("REGISTRY_STORAGE_REDIRECT_DISABLE", "true");
            server.startAgain();
            RegistryClient client = new RegistryClient(server.uri());
            byte[] kept = content(1000);
            Digest digest = client.pushBlob("s3/full", kept);
            byte[] refused = content(PART - 1);
            List<RawConnection> slow = new ArrayList<>();
            for (int i = 0; i < SCRATCH / PART; i++) {
                slow.add(beginToWrite(server, client.startUpload("s3/full")));
            }
            await("the scratch to be full").untilAsserted(() -> expect(507, push(client, refused)));
            assertThat(client.pullBlob("s3/full", digest)).isEqualTo(kept);

            slow.forEach(RawConnection::close);
            await("the scratch to be free").untilAsserted(() -> expect(201, push(client, refused)));
        }
    }

    /** All of a part but its last byte, and no end. */
    private static RawConnection beginToWrite(RegistryServer server, String location) {
        return new RawConnection(server.uri())
                .send("PATCH " + location.replaceFirst("^https?://[^/]*", "") + " HTTP/1.1\r\nHost: "
                        + server.authority() + "\r\nContent-Type: application/octet-stream\r\nContent-Length: " + PART
                        + "\r\n\r\n")
                .send("x".repeat(PART - 1));
    }

    private static HttpResponse<byte[]> push(RegistryClient client, byte[] content) {
        return client.put(withDigest(client.startUpload("s3/full"), RegistryClient.digest(content)), content);
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }
}
