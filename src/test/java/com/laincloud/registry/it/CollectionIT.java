package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.collection.Collected;
import com.laincloud.registry.collection.Collector;
import com.laincloud.registry.collection.Windows;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriver.Note;
import com.laincloud.registry.storage.StorageKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code registry garbage-collect} and the collection that the settings ask for. No test leaves garbage to another. */
class CollectionIT {

    private static RegistryServer server;
    private static RegistryClient client;

    @BeforeAll
    static void start() {
        server = RegistryServer.start();
        client = new RegistryClient(server.uri());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private String collect(int status, String... options) throws IOException, InterruptedException {
        return collect(Map.of(), status, options);
    }

    private String collect(Map<String, String> environment, int status, String... options)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("garbage-collect"));
        words.addAll(List.of(options));
        return run(environment, status, words.toArray(String[]::new));
    }

    private String run(Map<String, String> environment, int status, String... words)
            throws IOException, InterruptedException {
        ProcessBuilder command = server.command(words);
        command.environment().putAll(environment);
        Process process = command.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }

    /** An image of one blob. Returns the blob. */
    private Digest push(String repository, String tag) {
        byte[] content = ("content of " + repository + ":" + tag).getBytes(UTF_8);
        Digest blob = client.pushBlob(repository, content);
        client.pushManifest(repository, tag, SampleManifests.TYPE, SampleManifests.image(blob, content.length, tag));
        return blob;
    }

    @Test
    void whatNothingRefersToIsListedAndRemovedWhileTheRegistryServes() throws Exception {
        Digest kept = push("collected/a", "kept");
        Digest gone = push("collected/a", "gone");
        expect(202, client.delete("/v2/collected/a/manifests/gone"));

        assertThat(collect(0, "--dry-run"))
                .contains("nothing refers to 0 manifests, 0 links to blobs and 0 blobs of 0 bytes");
        assertThat(collect(0, "--dry-run", "--delete-untagged"))
                .contains("manifest collected/a@sha256:", "link collected/a@" + gone, "blob " + gone)
                .contains("nothing refers to 1 manifests, 1 links to blobs and 1 blobs of 27 bytes");
        assertThat(collect(0, "--delete-untagged")).contains("0 manifests, 0 links"); // within their windows
        client.pullBlob("collected/a", gone);

        assertThat(collect(0, "--delete-untagged", "--now"))
                .contains("1 manifests, 1 links to blobs, 1 blobs of 27 bytes removed; 1 files deleted");

        expect(404, client.get("/v2/collected/a/blobs/" + gone));
        client.pullBlob("collected/a", kept);
        assertThat(server.sql("select repository from audit.collection")).contains("collected/a");
        assertThat(
                        server.sql(
                                "select outcome, result from audit.job_run where job = 'garbage-collection' order by id desc limit 1"))
                .contains("done", "1 files deleted");
        assertThat(push("collected/a", "gone")).isEqualTo(gone);
        client.pullBlob("collected/a", gone);
    }

    /** The long form: {@code -Dcollection.repushes=1000}. */
    @Test
    void whatIsPushedAgainRightAfterItWasDeletedAndCollectedIsThere() {
        Windows none = new Windows(Optional.of(Duration.ZERO), Duration.ZERO, Duration.ZERO, Duration.ofHours(1));
        try (StorageDriver storage = server.storage()) {
            for (int round = 0; round < Integer.getInteger("collection.repushes", 50); round++) {
                Digest blob = push("collected/again", "v1");
                client.pullBlob("collected/again", blob);
                Digest image = RegistryClient.digest(client.pullManifest("collected/again", "v1"));
                expect(202, client.delete("/v2/collected/again/manifests/" + (round % 2 == 0 ? image : "v1")));

                Collected collected = new Collector(server.database(), storage, none, false, new UnhurriedRun()).run();

                assertThat(collected).isEqualTo(new Collected(round % 2, 1, 1, 29, 1, 0));
                expect(404, client.head("/v2/collected/again/blobs/" + blob));
            }
        }
        client.pullBlob("collected/again", push("collected/again", "v1"));
        assertThat(client.tags("collected/again")).containsExactly("v1");
    }

    @Test
    void itWorksWithoutARegistryThatRuns() throws Exception {
        push("collected/offline", "pulled");
        client.pullManifest("collected/offline", "pulled");
        Digest gone = client.pushBlob("collected/offline", "unused".getBytes(UTF_8));
        server.terminate();

        assertThat(collect(0, "--now"))
                .contains("0 manifests, 1 links to blobs, 1 blobs of 6 bytes removed; 1 files deleted");

        server.startAgain();
        expect(404, client.get("/v2/collected/offline/blobs/" + gone));
        assertThat(server.sql(
                        "select sum(pulls) as pulls from audit.pull_daily where repository = 'collected/offline'"))
                .as("the counts that were written when the server stopped")
                .containsPattern("(?m)^\\s*1\\s*$");
    }

    @Test
    void aCheckFindsLostAndUnknownBytesWhichAPushAndARepairMend() throws Exception {
        Digest blob = push("checked/a", "pulled");
        assertThat(run(Map.of(), 0, "check")).contains("check: 0 blobs without their bytes, 0 files that no row knows");
        StorageKey unknown = moveBytes(blob, "content of checked/a:pulled");

        assertThat(run(Map.of(), 2, "check")).contains("the bytes of " + blob + " are lost", "no row knows docker/");
        assertThat(server.sql("select fault from audit.integrity order by 1")).contains("lost-bytes", "unknown-bytes");
        assertThat(run(Map.of(), 2, "check", "--repair", "--now"))
                .as("bytes of a digest that has lost its own may have to replace them")
                .doesNotContain("; the next collection deletes it");
        expect(404, client.head("/v2/checked/a/blobs/" + blob));
        push("checked/a", "pulled");
        client.pullBlob("checked/a", blob);
        assertThat(run(Map.of(), 0, "check", "--repair", "--now"))
                .contains("; the next collection deletes it", "check: 0 blobs without their bytes, 0 files");
        collect(0);
        try (StorageDriver storage = server.storage()) {
            assertThat(storage.size(unknown)).isEmpty();
        }
        client.pullBlob("checked/a", blob);
    }

    /** Puts the bytes of a blob where no row knows them. */
    private static StorageKey moveBytes(Digest blob, String content) throws SQLException {
        try (StorageDriver storage = server.storage();
                Connection connection = server.database().getConnection()) {
            StorageKey key = Rows.query(
                            connection,
                            "select storage_key from blob where digest = ?",
                            row -> new StorageKey(row.getString(1)),
                            blob.toString())
                    .getFirst();
            assertThat(storage.delete(Set.of(key))).isEmpty();
            return Sample.of(content).store(storage);
        }
    }

    @Test
    void nothingIsCollectedWhereTheStorageIsAnothers() throws Exception {
        try (StorageDriver storage = server.storage()) {
            String own = storage.note(Note.IDENTITY).orElseThrow();
            try {
                server.loseIdentity();
                assertThat(collect(1)).contains("is its disk mounted?");
                storage.write(Note.IDENTITY, "00000000-0000-4000-8000-000000000000\n");
                assertThat(run(Map.of(), 1, "check", "--repair"))
                        .contains("the storage is the one of another database");
                assertThat(run(Map.of(), 0, "check", "--claim")).contains("check: 0 blobs without their bytes");
                own = storage.note(Note.IDENTITY).orElseThrow();
                collect(0);

                server.change("update storage_identity set system_identifier = 1");
                assertThat(collect(1)).contains("restored into another cluster");
                assertThat(run(Map.of(), 1, "check", "--repair")).contains("restored into another cluster");
                assertThat(run(Map.of(), 0, "check")).contains("restored into another cluster");
                assertThat(run(Map.of(), 0, "check", "--claim")).doesNotContain("restored into another cluster");
                assertThat(storage.note(Note.IDENTITY).orElseThrow())
                        .as("the one it is from is locked out")
                        .isNotEqualTo(own);
                own = storage.note(Note.IDENTITY).orElseThrow();
                collect(0);
            } finally {
                storage.write(Note.IDENTITY, own);
            }
        }
    }

    @Test
    void whatCannotBeIsRefusedInOneLine() throws Exception {
        assertThat(collect(1, "--all"))
                .isEqualToIgnoringNewLines("registry: garbage-collect: --all is no option of it; try registry --help");
        assertThat(run(Map.of(), 1, "check", "--audit", "--repair"))
                .isEqualToIgnoringNewLines("registry: check --audit: --repair is no option of it; try registry --help");
        assertThat(collect(Map.of("REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED", "true"), 1))
                .isEqualToIgnoringNewLines(
                        "registry: garbage-collect: storage.maintenance.readonly.enabled: nothing may be" + " changed");
    }

    @Test
    void aRegistryCollectsByItselfWhereTheSettingsSaySo() {
        try (RegistryServer collecting =
                RegistryServer.start(Map.of("REGISTRY_GC_INTERVAL", "1s", "REGISTRY_GC_BLOBS_AFTER", "1s"))) {
            RegistryClient pusher = new RegistryClient(collecting.uri());
            Digest unused = pusher.pushBlob("collected/itself", "unused".getBytes(UTF_8));

            await("it to be gone")
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            pusher.get("/v2/collected/itself/blobs/" + unused).statusCode() == 404);
        }
    }
}
