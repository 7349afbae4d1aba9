package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedRegistryServer.class)
class AuditIT {

    private final RegistryServer server;
    private final RegistryClient client;

    AuditIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    private byte[] image(String repository, String note) {
        Digest config = client.pushBlob(repository, "{}".getBytes(StandardCharsets.UTF_8));
        return SampleManifests.image(config, 2, note);
    }

    @Test
    void everyPushIsARowThatSaysWhatWhereFromAndWhatItReplaced() {
        byte[] first = image("audit/pushed", "first");
        byte[] second = image("audit/pushed", "second");
        client.pushManifest("audit/pushed", "latest", SampleManifests.TYPE, first);
        HttpResponse<byte[]> answer = expect(
                201,
                client.put(
                        "/v2/audit/pushed/manifests/latest",
                        second,
                        "Content-Type",
                        SampleManifests.TYPE,
                        "User-Agent",
                        "lain-cli/2.0",
                        "X-Forwarded-For",
                        "203.0.113.9, 198.51.100.7"));

        assertThat(server.sql("""
                        select tag, digest, previous_digest, media_type, size, actor, host(client_address) as address,
                               user_agent, request_id, occurred_at > now() - interval '5 minutes' as recent
                        from audit.push where repository = 'audit/pushed' order by id desc limit 1"""))
                .contains(
                        "latest",
                        RegistryClient.digest(second).toString(),
                        RegistryClient.digest(first).toString(),
                        SampleManifests.TYPE,
                        Integer.toString(second.length),
                        "198.51.100.7",
                        "lain-cli/2.0",
                        header(answer, "X-Request-Id"));
    }

    @Test
    void aPushThatIsRefusedIsNoRow() {
        client.startUpload("audit/refused");
        expect(
                400,
                client.put(
                        "/v2/audit/refused/manifests/v1",
                        SampleManifests.image(RegistryClient.digest(new byte[3]), 3),
                        "Content-Type",
                        SampleManifests.TYPE));

        assertThat(server.sql("select count(*) as pushes from audit.push where repository = 'audit/refused'"))
                .containsPattern("(?m)^\\s*0\\s*$");
    }

    @Test
    void movesOfOneTagFormOneUnbrokenChainHoweverManyWritersThereAre() throws Exception {
        Digest config = client.pushBlob("audit/chain", "{}".getBytes(StandardCharsets.UTF_8));
        try (ExecutorService writers = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < 200; i++) {
                byte[] manifest = SampleManifests.image(config, 2, "move " + i);
                writers.execute(() -> client.pushManifest("audit/chain", "latest", SampleManifests.TYPE, manifest));
            }
        }

        assertThat(server.sql("""
                        select count(*) as moves, count(*) filter (where previous_digest is distinct from before) as breaks
                        from (select previous_digest, lag(digest) over (order by id) as before
                              from audit.push where repository = 'audit/chain') as move""")).containsPattern("(?m)^\\s*200\\s*\\|\\s*0\\s*$");
    }

    @Test
    void theTagHistoryTellsWhatATagNamedFromWhenUntilWhen() {
        client.pushManifest("audit/history", "stable", SampleManifests.TYPE, image("audit/history", "one"));
        client.pushManifest("audit/history", "stable", SampleManifests.TYPE, image("audit/history", "two"));
        expect(202, client.delete("/v2/audit/history/manifests/stable"));

        assertThat(server.sql("""
                        select count(*) as bindings, count(until) as ended, bool_and(since <= until) as ordered
                        from audit.tag_history where repository = 'audit/history' and tag = 'stable'""")).containsPattern("(?m)^\\s*2\\s*\\|\\s*2\\s*\\|\\s*t(rue)?\\s*$");
    }

    @Test
    void puttingTheSameAgainIsAPushAndNoMove() {
        byte[] manifest = image("audit/again", "same");
        client.pushManifest("audit/again", "v1", SampleManifests.TYPE, manifest);
        client.pushManifest("audit/again", "v1", SampleManifests.TYPE, manifest);

        assertThat(server.sql("select count(*) as pushes from audit.push where repository = 'audit/again'"))
                .containsPattern("(?m)^\\s*2\\s*$");
        assertThat(server.sql("""
                        select count(*) as bindings, count(until) as ended
                        from audit.tag_history where repository = 'audit/again'""")).containsPattern("(?m)^\\s*1\\s*\\|\\s*0\\s*$");
        assertThat(server.sql("select count(*) as moves from audit.tag_move where repository = 'audit/again'"))
                .containsPattern("(?m)^\\s*0\\s*$");
    }

    @Test
    void aPushSaysHowLargeTheImageIsAndHowMuchOfItWasThere() {
        Digest shared = client.pushBlob("audit/size", "shared by all".getBytes(StandardCharsets.UTF_8));
        client.pushBlob("audit/size", "shared by all".getBytes(StandardCharsets.UTF_8));
        client.pushManifest("audit/size", "v1", SampleManifests.TYPE, SampleManifests.image(shared, 13, "one"));
        byte[] second = SampleManifests.image(shared, 13, "two");
        client.pushManifest("audit/size", "v2", SampleManifests.TYPE, second);
        Digest digest = RegistryClient.digest(second);
        expect(
                201,
                client.put(
                        "/v2/audit/size/manifests/" + digest + "?tag=v3&tag=v4",
                        second,
                        "Content-Type",
                        SampleManifests.TYPE));

        assertThat(server.sql("""
                        select string_agg(tag || ':' || image_size || ':' || reused, ' ' order by id) as sizes
                        from audit.push where repository = 'audit/size'""")).contains("v1:13:0 v2:13:13 v3:13:13 v4:13:13");
        assertThat(server.sql("""
                        select string_agg(size || ':' || reused, ' ' order by id) as sizes
                        from audit.blob_push where repository = 'audit/size'""")).contains("13:0 13:13");
    }

    @Test
    void pullsAreCountedByWhatWasAskedFor() {
        Digest image = client.pushManifest(
                "audit/pulled", "v1", SampleManifests.TYPE, image("audit/pulled", "an image that is pulled"));
        for (int i = 0; i < 3; i++) {
            expect(200, client.get("/v2/audit/pulled/manifests/v1"));
        }
        expect(200, client.get("/v2/audit/pulled/manifests/" + image));
        expect(200, client.head("/v2/audit/pulled/manifests/v1"));
        expect(404, client.get("/v2/audit/pulled/manifests/v2"));
        expect(304, client.get("/v2/audit/pulled/manifests/v1", "If-None-Match", "\"" + image + "\""));

        await("the counts to be written")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(server.sql("""
                                select string_agg(coalesce(tag, 'digest') || '=' || pulls, ' ' order by tag) as pulls
                                from audit.pull_daily where repository = 'audit/pulled'""")).contains("v1=3 digest=1"));
    }

    @Test
    void theRecordIsSealedAndCheckedWhileTheRegistryServes() throws Exception {
        client.pushManifest("audit/sealed", "v1", SampleManifests.TYPE, image("audit/sealed", "sealed"));
        await("the record to be sealed")
                .atMost(Duration.ofSeconds(90))
                .until(() -> server.ask("select count(*) > 0 from audit.push_daily where repository = 'audit/sealed'")
                        .equals("t"));

        assertThat(check(0, "--audit"))
                .contains("event: ", " batches, head ", "nothing was changed since it was sealed");
        assertThat(check(2, "--audit", "--head", "0".repeat(64))).contains("the chain does not contain the head 000");
    }

    private String check(int status, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("check"));
        words.addAll(List.of(options));
        Process process = server.command(words.toArray(String[]::new)).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }

    @Test
    void deletionsAndMountsAreRowsToo() {
        byte[] manifest = image("audit/deleted", "deleted");
        Digest digest = client.pushManifest("audit/deleted", "v1", SampleManifests.TYPE, manifest);
        Digest blob = client.pushBlob("audit/deleted", "a blob of its own".getBytes(StandardCharsets.UTF_8));
        expect(201, client.post("/v2/audit/mounted/blobs/uploads/?mount=" + blob + "&from=audit/deleted"));
        expect(202, client.delete("/v2/audit/deleted/manifests/" + digest));
        expect(202, client.delete("/v2/audit/deleted/blobs/" + blob));

        assertThat(server.sql("select kind, tag from audit.delete where repository = 'audit/deleted' order by id"))
                .containsPattern("(?s)tag\\s*\\|\\s*v1.*manifest.*blob");
        assertThat(server.sql("select mounted, digest from audit.blob_push where repository = 'audit/mounted'"))
                .containsPattern("t(rue)?\\s*\\|\\s*" + blob);
    }

    @Test
    void theAuditorReadsAndNeverWritesOrLocks() {
        for (String attempt : new String[] {
            "delete from registry.event",
            "update audit.blob_push set digest = 'x'",
            "update audit.push set tag = 'x'",
            "select * from registry.event",
            "select * from audit.blob_push for update",
            "select * from audit.push for update",
            "select pg_advisory_lock(1)", // an import or a migration would wait for it
            "select pg_try_advisory_xact_lock_shared(1, 2)"
        }) {
            // no role can write through a view of two tables
            assertThat(server.sqlRefused(attempt)).containsAnyOf("permission denied", "cannot update view");
        }
    }
}
