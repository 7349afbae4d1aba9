package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.location;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two registries of one bucket, which clients meet by turns. */
class BucketInstancesIT {

    private static final int PART = 5 << 20;
    private static final String REPOSITORY = "by/turns";

    private static EmbeddedPostgres postgres;
    private static String bucket;
    private static List<RegistryServer> servers;
    private static List<RegistryClient> clients;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.startTemporary();
        bucket = VersityGateway.ofTheRun().bucket();
        servers = List.of(RegistryServer.start(environment(bucket)), RegistryServer.start(environment(bucket)));
        clients =
                servers.stream().map(server -> new RegistryClient(server.uri())).toList();
    }

    @AfterAll
    static void end() {
        servers.forEach(RegistryServer::close);
        postgres.close();
    }

    private static Map<String, String> environment(String name) {
        ConnectionFacts facts = ConnectionFacts.read(postgres.directory());
        Map<String, String> environment =
                new HashMap<>(VersityGateway.ofTheRun().environment(name));
        environment.put("REGISTRY_DATABASE_URL", facts.url());
        environment.put("REGISTRY_DATABASE_USERNAME", ConnectionFacts.APPLICATION);
        environment.put("REGISTRY_DATABASE_PASSWORD", facts.password());
        environment.put("REGISTRY_DATABASE_OWNER_USERNAME", ConnectionFacts.OWNER);
        environment.put("REGISTRY_DATABASE_OWNER_PASSWORD", facts.ownerPassword());
        environment.put("REGISTRY_STORAGE_S3_CHUNKSIZE", Integer.toString(PART));
        environment.put("REGISTRY_STORAGE_REDIRECT_DISABLE", "true");
        environment.put("REGISTRY_HTTP_SECRET", "of both");
        return environment;
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    /** The part of a location that every instance understands. */
    private static String path(String location) {
        return location.replaceFirst("^https?://[^/]*", "");
    }

    @Test
    void chunksOfAnyLengthAreTakenByWhicheverInstance() {
        for (int[] lengths : new int[][] {
            {1, PART - 1, PART, PART + 1},
            {PART + 1, PART, PART - 1, 1},
            {PART - 1, 1, 1, PART},
            {PART, 1, PART - 1, 1}
        }) {
            for (boolean tellsRange : new boolean[] {true, false}) {
                byte[] content = content(Arrays.stream(lengths).sum() + (tellsRange ? 1 : 0) + lengths[0]);
                Digest digest = digest(content);
                String upload = path(clients.getFirst().startUpload(REPOSITORY));
                int from = 0;
                for (int i = 0; i < lengths.length; i++) {
                    byte[] chunk = Arrays.copyOfRange(content, from, from + lengths[i]);
                    String[] range = tellsRange
                            ? new String[] {"Content-Range", from + "-" + (from + lengths[i] - 1)}
                            : new String[0];
                    from += lengths[i];
                    HttpResponse<byte[]> taken = expect(202, clients.get(i % 2).patch(upload, chunk, range));
                    upload = path(location(taken));
                    assertThat(header(expect(204, clients.get((i + 1) % 2).get(upload)), "Range"))
                            .isEqualTo("0-" + (from - 1));
                }
                byte[] last = Arrays.copyOfRange(content, from, content.length);
                expect(201, clients.get(1).put(withDigest(upload, digest), last));
                clients.forEach(client ->
                        assertThat(client.pullBlob(REPOSITORY, digest)).isEqualTo(content));
            }
        }
        assertThat(VersityGateway.ofTheRun().unfinished(bucket)).isZero();
    }

    private static RawConnection beginToWrite(String upload, byte[] content, int sent) {
        RegistryServer first = servers.getFirst();
        return new RawConnection(first.uri())
                .send("PATCH " + upload + " HTTP/1.1\r\nHost: " + first.authority()
                        + "\r\nContent-Type: application/octet-stream\r\nContent-Length: " + content.length
                        + "\r\n\r\n")
                .send(new String(content, 0, sent, ISO_8859_1));
    }

    @Test
    void aClientThatWasCutOffInTheMiddleOfAPartGoesOnAtAnotherInstance() {
        byte[] content = content(2 * PART + 54_321);
        Digest digest = digest(content);
        String upload = path(clients.getFirst().startUpload(REPOSITORY));
        upload = path(location(expect(202, clients.getFirst().patch(upload, Arrays.copyOf(content, 1000)))));
        String going = upload;
        beginToWrite(going, Arrays.copyOfRange(content, 1000, content.length), PART + 12_345)
                .close();

        int[] counted = {0};
        await("the registry to see that the client has gone").untilAsserted(() -> {
            HttpResponse<byte[]> state = expect(204, clients.get(1).get(going));
            counted[0] = 1 + Integer.parseInt(header(state, "Range").substring(2));
            assertThat(counted[0]).isGreaterThan(1000);
        });
        assertThat(counted[0]).isLessThanOrEqualTo(1000 + PART + 12_345);
        byte[] rest = Arrays.copyOfRange(content, counted[0], content.length);
        String end = path(location(expect(
                202, clients.get(1).patch(going, rest, "Content-Range", counted[0] + "-" + (content.length - 1)))));
        expect(201, clients.getFirst().put(withDigest(end, digest), new byte[0]));
        assertThat(clients.get(1).pullBlob(REPOSITORY, digest)).isEqualTo(content);
    }

    @Test
    void aWriterThatWasOvertakenAndWakesUpAfterTheCommitChangesNothing() {
        for (int length : new int[] {PART / 2, 2 * PART + 10}) {
            byte[] content = content(length);
            Digest digest = digest(content);
            String upload = path(clients.getFirst().startUpload(REPOSITORY));
            byte[] others = content(length + 1);
            try (RawConnection overtaken = beginToWrite(upload, others, length - 5)) {
                await("the other to be overtaken")
                        .untilAsserted(() -> expect(201, clients.get(1).put(withDigest(upload, digest), content)));

                overtaken.send(new String(others, length - 5, 6, ISO_8859_1));
                assertThat(overtaken.answer().status()).isBetween(400, 503);
            }
            clients.forEach(
                    client -> assertThat(client.pullBlob(REPOSITORY, digest)).isEqualTo(content));
        }
        assertThat(VersityGateway.ofTheRun().unfinished(bucket)).isZero();
    }

    @Test
    void aRegistryWithAnotherBucketIsRefusedAtTheSameDatabase() throws Exception {
        try (RegistryServer another =
                RegistryServer.installed(environment(VersityGateway.ofTheRun().bucket()))) {
            Process process = another.command("serve").start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as(output).isNotZero();
            assertThat(output).contains("is its disk mounted?");
        }
    }
}
