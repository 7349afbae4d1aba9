package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.s3.TroubledWay;
import com.laincloud.registry.storage.s3.TroubledWay.Fate;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A registry whose store takes every request and says nothing. */
@Alone
@ExtendWith(VersityGateway.Extension.class)
class S3SilenceIT {

    private static final int CLIENTS = 200;
    private static final int ROUNDS = 20;

    /** More than a part. */
    private static final byte[] LARGE = new byte[6 << 20];

    private static final Duration PROMPTLY = Duration.ofSeconds(5);

    private final VersityGateway store;
    private final AtomicBoolean isSilent = new AtomicBoolean();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();

    S3SilenceIT(VersityGateway store) {
        this.store = store;
    }

    @Test
    void whatDoesWithoutTheStoreIsAnsweredWhileManyWaitForIt() throws Exception {
        String bucket = store.bucket();
        try (TroubledWay way =
                        new TroubledWay(store.endpoint(), request -> isSilent.get() ? Fate.SILENT : Fate.PASSES);
                RegistryServer server = RegistryServer.installed(store.environment(bucket))) {
            server.setEnvironment(
                    "REGISTRY_STORAGE_S3_REGIONENDPOINT", way.endpoint().toString());
            server.setEnvironment("REGISTRY_STORAGE_S3_CHUNKSIZE", "5242880");
            server.setEnvironment("REGISTRY_STORAGE_REDIRECT_DISABLE", "true");
            server.startAgain();
            RegistryClient client = new RegistryClient(server.uri());
            Digest config = client.pushBlob("silent/store", "{}".getBytes(StandardCharsets.UTF_8));
            client.pushManifest("silent/store", "v1", SampleManifests.TYPE, SampleManifests.image(config, 2));

            isSilent.set(true);
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < CLIENTS; i++) {
                    byte[] content = i % 2 == 0 ? null : i % 4 == 1 ? new byte[] {(byte) i, 1} : LARGE;
                    clients.execute(() -> ask(new RegistryClient(server.uri()), config, content));
                }
                try {
                    requireAnswers(client, config);
                } finally {
                    isSilent.set(false);
                    isOver.set(true);
                }
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> expect(200, client.get("/v2/silent/store/blobs/" + config)));
        }
    }

    private void requireAnswers(RegistryClient client, Digest config) {
        await().atMost(Duration.ofSeconds(20)).until(() -> refused.get() > CLIENTS);
        for (int round = 0; round < ROUNDS; round++) {
            requirePrompt(() -> expect(200, client.get("/v2/")));
            requirePrompt(() -> expect(200, client.get("/v2/silent/store/manifests/v1")));
            requirePrompt(() -> expect(200, client.head("/v2/silent/store/blobs/" + config)));
        }
    }

    private void ask(RegistryClient client, Digest config, byte @Nullable [] content) {
        while (!isOver.get()) {
            HttpResponse<byte[]> answer = content == null
                    ? client.get("/v2/silent/store/blobs/" + config)
                    : client.put(
                            withDigest(client.startUpload("silent/store"), RegistryClient.digest(content)), content);
            if (isSilent.get() && answer.statusCode() == 503) {
                assertThat(header(answer, "Retry-After")).isNotBlank();
                refused.incrementAndGet();
            }
        }
    }

    private static void requirePrompt(Runnable request) {
        long begin = System.nanoTime();
        request.run();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PROMPTLY);
    }
}
