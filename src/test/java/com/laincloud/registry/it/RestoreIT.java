package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** {@code registry restore}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoreIT {

    private final RegistryServer server = RegistryServer.start();
    private final RegistryClient client = new RegistryClient(server.uri());

    @AfterAll
    void stopTheServer() {
        server.close();
    }

    private String run(int status, String... words) throws Exception {
        Process process = server.command(words).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }

    private String restore(int status, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("restore"));
        words.addAll(List.of(options));
        return run(status, words.toArray(String[]::new));
    }

    private Digest push(String repository, String tag, String content) {
        Digest blob = client.pushBlob(repository, content.getBytes(UTF_8));
        return client.pushManifest(
                repository, tag, SampleManifests.TYPE, SampleManifests.image(blob, content.length(), content));
    }

    private Digest named(String repository, String tag) {
        return RegistryClient.digest(expect(200, client.get("/v2/" + repository + "/manifests/" + tag))
                .body());
    }

    @Test
    void aDeletedImageComesBackWithItsTagsAndCanBePulled() throws Exception {
        Digest image = push("restore/image", "v1", "an image to be deleted by mistake");
        client.pushManifest(
                "restore/image",
                "v2",
                SampleManifests.TYPE,
                expect(200, client.get("/v2/restore/image/manifests/v1")).body());
        expect(202, client.delete("/v2/restore/image/manifests/" + image));
        expect(404, client.get("/v2/restore/image/manifests/v1"));
        assertThat(server.sql(
                        "select kind, tag from audit.restorable where repository = 'restore/image' order by 1, 2"))
                .containsPattern("(?s)manifest.*tag\\s*\\|\\s*v1.*tag\\s*\\|\\s*v2");

        assertThat(restore(0, "restore/image:v1")).contains("tag v1 names " + image, "2 things restored");
        assertThat(named("restore/image", "v1")).isEqualTo(image);
        expect(404, client.get("/v2/restore/image/manifests/v2"));
        assertThat(restore(0, "restore/image")).contains("tag v2 names " + image, "1 things restored");
        assertThat(restore(0, "restore/image")).contains("0 things restored");

        assertThat(server.sql("""
                        select string_agg(kind || coalesce(' ' || tag, ''), ', ' order by id) as restored
                        from audit.restore where repository = 'restore/image' and actor <> ''""")).contains("manifest, tag v1, tag v2");
        assertThat(server.sql("""
                        select count(*) as bindings, count(until) as ended
                        from audit.tag_history where repository = 'restore/image' and tag = 'v1'""")).containsPattern("(?m)^\\s*2\\s*\\|\\s*1\\s*$");
        expect(202, client.delete("/v2/restore/image/manifests/" + image)); // as if it had been pushed
    }

    @Test
    void anIndexComesBackWithTheImagesThatItListsAfterACollection() throws Exception {
        Digest image = push("restore/index", "child", "an image of an index");
        byte[] index = SampleManifests.index(
                expect(200, client.get("/v2/restore/index/manifests/child")).body());
        Digest parent = client.pushManifest("restore/index", "all", MediaTypes.OCI_INDEX, index);
        expect(202, client.delete("/v2/restore/index/manifests/child"));
        expect(202, client.delete("/v2/restore/index/manifests/" + parent));
        expect(202, client.delete("/v2/restore/index/manifests/" + image));

        assertThat(restore(0, "restore/index:all"))
                .contains("manifest " + image, "manifest " + parent, "tag all names " + parent, "3 things restored");

        assertThat(named("restore/index", "all")).isEqualTo(parent);
        expect(200, client.get("/v2/restore/index/manifests/" + image));
        expect(405, client.delete("/v2/restore/index/manifests/" + image)); // the index refers to it
    }

    @Test
    void aDeletedRepositoryIsEmptyAndComesBack() throws Exception {
        Digest first = push("restore/whole", "v1", "one of a repository that goes");
        Digest second = push("restore/whole", "v2", "two of a repository that goes");
        byte[] inner = SampleManifests.index(client.pullManifest("restore/whole", "v1"));
        Digest innerDigest = client.pushManifest("restore/whole", "inner", MediaTypes.OCI_INDEX, inner);
        byte[] outer = SampleManifests.index(inner);
        client.pushManifest("restore/whole", "outer", MediaTypes.OCI_INDEX, outer);
        push("restore/stays", "v1", "one of a repository that goes");

        expect(202, client.delete("/v2/restore/whole/_registry/repository"));

        assertThat(client.tags("restore/whole")).isEmpty();
        for (Digest manifest : List.of(first, second, innerDigest)) {
            expect(404, client.get("/v2/restore/whole/manifests/" + manifest));
        }
        assertThat(new String(client.get("/v2/_catalog").body(), UTF_8))
                .contains("restore/stays")
                .doesNotContain("restore/whole");
        assertThat(server.sql("""
                        select kind, count(*) as number, count(distinct request_id) as requests from audit.delete
                        where repository = 'restore/whole' group by kind order by kind""")).containsPattern("manifest[ |]+4[ |]+1").containsPattern("tag[ |]+4[ |]+1");
        assertThat(named("restore/stays", "v1")).isEqualTo(first);
        assertThat(errorCodes(expect(404, client.delete("/v2/restore/never/_registry/repository"))))
                .containsExactly("NAME_UNKNOWN");
        expect(405, client.get("/v2/restore/stays/_registry/repository"));

        restore(0, "restore/whole");
        assertThat(client.tags("restore/whole")).containsExactly("inner", "outer", "v1", "v2");
        assertThat(client.pullManifest("restore/whole", "outer")).isEqualTo(outer);
    }

    @Test
    void aCommandDeletesARepositoryWhileTheRegistryServes() throws Exception {
        push("restore/command", "v1", "one that a command deletes");
        byte[] index = SampleManifests.index(client.pullManifest("restore/command", "v1"));
        client.pushManifest("restore/command", "index", MediaTypes.OCI_INDEX, index);
        push("restore/untouched", "v1", "one that a command deletes");

        assertThat(run(0, "delete", "restore/command"))
                .isEqualToIgnoringNewLines("delete: restore/command is deleted; its blobs go with the next collection");

        assertThat(client.tags("restore/command")).isEmpty();
        assertThat(client.tags("restore/untouched")).containsExactly("v1");
        assertThat(run(1, "delete", "restore/never"))
                .isEqualToIgnoringNewLines("registry: delete: NAME_UNKNOWN: restore/never");
        assertThat(run(1, "delete", "restore/command", "restore/untouched")).contains("delete: takes REPOSITORY");
        restore(0, "restore/command");
        assertThat(client.tags("restore/command")).containsExactly("index", "v1");
    }

    @Test
    void aTagIsMadeToNameWhatItNamedAtAMoment() throws Exception {
        Digest first = push("restore/then", "latest", "what it named first");
        Thread.sleep(50);
        Instant then = Instant.now();
        Thread.sleep(50);
        Digest second = push("restore/then", "latest", "what it named next");
        push("restore/then", "other", "of later");

        assertThat(client.get("/v2/restore/then/manifests/latest?at=" + then).body())
                .isEqualTo(client.pullManifest("restore/then", first.toString()));
        String inAnotherZone = then.atOffset(ZoneOffset.ofHours(8)).toString();
        assertThat(expect(200, client.head("/v2/restore/then/manifests/latest?at=" + inAnotherZone))
                        .headers()
                        .firstValue("Docker-Content-Digest"))
                .contains(first.toString());
        assertThat(named("restore/then", "latest?at=" + Instant.now())).isEqualTo(second);
        for (String unknown : List.of("latest?at=2026-01-01T00:00:00Z", "never?at=" + then, "other?at=" + then)) {
            assertThat(errorCodes(expect(404, client.get("/v2/restore/then/manifests/" + unknown))))
                    .containsExactly("MANIFEST_UNKNOWN");
        }
        expect(400, client.get("/v2/restore/then/manifests/" + first + "?at=" + then));

        assertThat(restore(0, "restore/then:latest", "--at", then.toString())).contains("tag latest names " + first);
        assertThat(named("restore/then", "latest")).isEqualTo(first);
        assertThat(restore(
                        0,
                        "restore/then:latest",
                        "--at",
                        Instant.now().minusMillis(1).toString()))
                .contains("0 things restored");
        assertThat(server.sql("""
                        select previous_digest from audit.tag_move
                        where repository = 'restore/then' order by occurred_at desc limit 1""")).contains(second.toString());
        assertThat(restore(1, "restore/then:latest", "--at", "2001-01-01T00:00:00Z"))
                .contains("nothing of that name was there at 2001-01-01T00:00:00Z");
        assertThat(restore(1, "restore/then:latest", "--at", "2026-01-01T00:00:00"))
                .contains("is no moment");
    }

    @Test
    void whatIsGoneIsNamedAndNothingIsDoneByHalves() throws Exception {
        Digest image = push("restore/gone", "v1", "an image whose layer is collected");
        Instant then = Instant.now();
        Digest layer = RegistryClient.digest("an image whose layer is collected".getBytes(UTF_8));
        Digest whole = push("restore/gone", "whole", "an image that could come back");
        expect(202, client.delete("/v2/restore/gone/manifests/" + image));
        assertThat(new String(
                        expect(404, client.get("/v2/restore/gone/manifests/v1?at=" + then))
                                .body(),
                        UTF_8))
                .contains("v1 named " + image, "was deleted at ", "can be restored until ");
        expect(202, client.delete("/v2/restore/gone/manifests/whole"));
        expect(202, client.delete("/v2/restore/gone/blobs/" + layer));
        run(0, "garbage-collect", "--now");

        assertThat(restore(2, "restore/gone")).contains("blob " + layer + " is gone", "nothing was restored");
        expect(404, client.get("/v2/restore/gone/manifests/whole"));
        assertThat(restore(0, "restore/gone:whole")).contains("tag whole names " + whole);
        assertThat(restore(2, "restore/gone:never")).contains("tag never is gone");
        assertThat(restore(1, "restore/never")).contains("restore/never: there is no such repository");
        assertThat(restore(1, "Restore/Gone")).contains("is neither REPOSITORY, REPOSITORY:TAG nor REPOSITORY@DIGEST");
        assertThat(restore(1, "restore/gone", "v1")).contains("restore: takes REPOSITORY[:TAG|@DIGEST] [--at MOMENT]");
    }
}
