package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.it.RawConnection.Answer;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that stall, hang up or come in numbers do not keep the others waiting. */
@Alone
@ExtendWith(SharedRegistryServer.class)
class SlowClientIT {

    /** {@code -Dregistry.it.pulls=10000} for the long form. */
    private static final int PULLS = Integer.getInteger("registry.it.pulls", 2_000);

    private static final int STALLED = Integer.getInteger("registry.it.stalled", 500);
    private static final String HOST = "Host: registry.lain.local\r\n";
    private static final Duration SOON = Duration.ofSeconds(5);

    private final RegistryServer server;
    private final RegistryClient client;

    SlowClientIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private void othersAreAnswered() {
        for (int i = 0; i < 20; i++) {
            Instant begin = Instant.now();
            expect(200, client.get("/v2/"));
            assertThat(Duration.between(begin, Instant.now())).isLessThan(SOON);
        }
    }

    @Test
    void pullsOnKeptConnectionsAreAllAnswered() throws Exception {
        List<Digest> blobs = new ArrayList<>();
        for (int length : new int[] {1 << 10, 50_000, 70_000, 1 << 20, 20 << 20}) {
            blobs.add(client.pushBlob("slow/pulls", content(length)));
        }
        try (ExecutorService pullers = Executors.newFixedThreadPool(4)) {
            Callable<Integer> puller = () -> {
                int answered = 0;
                Random random = new Random(answered);
                for (int i = 0; i < PULLS / 4; i++) {
                    Digest digest = blobs.get(random.nextInt(random.nextInt(10) == 0 ? 5 : 4));
                    expect(200, client.get("/v2/slow/pulls/blobs/" + digest));
                    answered++;
                }
                return answered;
            };
            for (Future<Integer> answered : pullers.invokeAll(List.of(puller, puller, puller, puller))) {
                assertThat(answered.get()).isEqualTo(PULLS / 4);
            }
        }
    }

    @Test
    void aKeptConnectionPullsMoreThan2GiB() {
        Digest digest = client.pushBlob("slow/long", content(24 << 20));
        String request = "GET /v2/slow/long/blobs/" + digest + " HTTP/1.1\r\n" + HOST + "\r\n";
        try (RawConnection connection = new RawConnection(server.uri())) {
            for (long pulled = 0; pulled < 5L << 30; pulled += 24 << 20) {
                assertThat(connection.send(request).skippedBody()).isEqualTo(24 << 20);
            }
        }
    }

    @Test
    void uploadsThatStallLeaveRoomForOthersAndAreGivenUp() {
        List<RawConnection> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < STALLED; i++) {
                RawConnection connection = new RawConnection(server.uri());
                stalled.add(connection);
                connection.send("PUT /v2/slow/stalled/manifests/v" + i + " HTTP/1.1\r\n" + HOST
                        + (i % 2 == 0 ? "Content-Length: 1000\r\n\r\n{" : "Transfer-Encoding: chunked\r\n\r\n5\r\n{"));
            }
            othersAreAnswered();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> client.pushBlob("slow/stalled", content(300_000)));
            Answer last = stalled.get(STALLED - 1).answer();
            assertThat(last.status()).isEqualTo(503);
            assertThat(last.header("Retry-After")).isPresent();
        } finally {
            stalled.forEach(RawConnection::close);
        }
        othersAreAnswered();
    }

    @Test
    void headsThatDoNotEndKeepNoOtherClientWaitingAndAreClosed() {
        List<RawConnection> slow = new ArrayList<>();
        try {
            for (int i = 0; i < STALLED; i++) {
                RawConnection connection = new RawConnection(server.uri());
                slow.add(connection);
                connection.send("GET /v2/ HTTP/1.1\r\nHost: ");
            }
            othersAreAnswered();
            assertThat(slow.getFirst().isAtEnd()).isTrue();
        } finally {
            slow.forEach(RawConnection::close);
        }
    }

    /** A manifest that is so long because of an annotation. Returns its tag. */
    private String pushManifest(int length) {
        String tag = "of-" + length;
        Digest config = client.pushBlob("slow/answers", new byte[] {'{', '}'});
        String manifest = """
                {"schemaVersion": 2, "mediaType": "%s",
                 "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": "%s", "size": 2},
                 "layers": [], "annotations": {"long": "%s"}}""".formatted(MediaTypes.OCI_MANIFEST, config, "x".repeat(length));
        client.pushManifest("slow/answers", tag, MediaTypes.OCI_MANIFEST, manifest.getBytes(UTF_8));
        return tag;
    }

    /** One that is in memory, one that is in a file, and one that is refused and answered with an error. */
    @ParameterizedTest
    @ValueSource(ints = {30_000, 1_000_000, 0})
    void answersThatAreNotReadKeepNoOtherClientWaitingAndTakeNoMemory(int length) {
        String tag = length == 0 ? "none" : pushManifest(length);
        List<RawConnection> deaf = new ArrayList<>();
        try {
            for (int i = 0; i < STALLED; i++) {
                RawConnection connection = new RawConnection(server.uri(), 4096);
                deaf.add(connection);
                connection.send(("GET /v2/slow/answers/manifests/" + tag + " HTTP/1.1\r\n" + HOST + "Accept: "
                                + MediaTypes.OCI_MANIFEST + "\r\n\r\n")
                        .repeat(20));
            }
            othersAreAnswered();
            if (length > 0) {
                client.pullManifest("slow/answers", tag);
            }
        } finally {
            deaf.forEach(RawConnection::close);
        }
        othersAreAnswered();
    }

    @Test
    void longListsThatAreNotReadAreBrokenOffWithoutATraceInTheLog() {
        byte[] manifest = SampleManifests.image(client.pushBlob("slow/lists", new byte[] {'{', '}'}), 2, "listed");
        for (int i = 0; i < 12; i++) {
            StringBuilder tags = new StringBuilder("v");
            for (int j = 0; j < 99; j++) {
                tags.append(j == 0 ? '?' : '&')
                        .append("tag=")
                        .append("x".repeat(60))
                        .append(100 * i + j);
            }
            client.pushManifest("slow/lists", tags.toString(), MediaTypes.OCI_MANIFEST, manifest);
        }
        long position = server.logPosition();
        List<RawConnection> deaf = new ArrayList<>();
        try {
            for (int i = 0; i < 130; i++) { // more than there are places
                RawConnection connection = new RawConnection(server.uri(), 4096);
                deaf.add(connection);
                connection.send(("GET /v2/slow/lists/tags/list HTTP/1.1\r\n" + HOST + "\r\n").repeat(60));
            }
            await("one to be given up").atMost(Duration.ofSeconds(60)).until(() -> {
                othersAreAnswered();
                return deaf.stream().anyMatch(RawConnection::isClosed);
            });
        } finally {
            deaf.forEach(RawConnection::close);
        }
        othersAreAnswered();
        assertThat(server.logSince(position))
                .noneMatch(line -> line.contains("I/O error") || line.contains("Exception"));
    }

    @Test
    void manyClientsPullLargeManifestsAtOnce() throws Exception {
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            tags.add(pushManifest(4_000_000 + i));
        }
        try (ExecutorService pullers = Executors.newFixedThreadPool(64)) {
            List<Future<Integer>> lengths = new ArrayList<>();
            for (int i = 0; i < 128; i++) {
                String tag = tags.get(i % tags.size());
                lengths.add(pullers.submit(() -> client.pullManifest("slow/answers", tag).length));
            }
            for (Future<Integer> length : lengths) {
                assertThat(length.get()).isGreaterThan(4_000_000);
            }
        }
    }

    @Test
    void theFileAndTheConnectionOfADownloadAreClosedWhenTheClientHangsUp() {
        Digest digest = client.pushBlob("slow/hangup", content(30 << 20));
        long sockets = server.openFiles("socket:");
        List<RawConnection> readers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            RawConnection reader = new RawConnection(server.uri());
            readers.add(reader);
            reader.send("GET /v2/slow/hangup/blobs/" + digest + " HTTP/1.1\r\n" + HOST + "\r\n");
        }
        await().atMost(SOON).until(() -> server.openFiles("blobs") >= 30);

        readers.forEach(RawConnection::close);

        await().atMost(SOON).until(() -> server.openFiles("blobs") == 0);
        await().atMost(SOON).until(() -> server.openFiles("socket:") <= sockets + 5);
    }
}
