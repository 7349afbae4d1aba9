package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Repositories get other names while clients use them. */
class RenameIT {

    private static RegistryServer server;
    private static RegistryClient client;

    @BeforeAll
    static void start() {
        server = RegistryServer.start(Map.of("REGISTRY_QUOTA_RULES", "[{namespace: 'held/**', bytes: 50}]"));
        client = new RegistryClient(server.uri());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String run(int status, String... words) throws Exception {
        Process process = server.command(words).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }

    /** Returns what the tag names. */
    private static Digest push(String repository, String tag, String note) {
        byte[] content = ("content of " + note).getBytes(UTF_8);
        byte[] image = SampleManifests.image(client.pushBlob(repository, content), content.length, note);
        client.pushManifest(repository, tag, SampleManifests.TYPE, image);
        return digest(image);
    }

    private static HttpResponse<byte[]> get(String path) {
        return client.get("/v2/" + path, "Accept", SampleManifests.TYPE);
    }

    private static Digest named(String path) {
        return digest(expect(200, get(path)).body());
    }

    @Test
    void aRenamedRepositoryIsPulledByBothNamesAndPushedToByTheNewOneAlone() throws Exception {
        Digest image = push("renamed/old", "v1", "one");
        Digest blob = digest("content of one".getBytes(UTF_8));
        String begun = client.startUpload("renamed/old");

        assertThat(run(0, "rename", "renamed/old", "renamed/new")).contains("renamed/old is renamed/new");

        for (String name : new String[] {"renamed/old", "renamed/new"}) {
            assertThat(named(name + "/manifests/v1")).isEqualTo(image);
            assertThat(named(name + "/manifests/" + image)).isEqualTo(image);
            expect(200, client.head("/v2/" + name + "/manifests/" + image, "Accept", SampleManifests.TYPE));
            expect(200, client.head("/v2/" + name + "/blobs/" + blob));
            client.pullBlob(name, blob);
            assertThat(client.tags(name)).containsExactly("v1");
            expect(200, client.get("/v2/" + name + "/referrers/" + image));
            assertThat(errorCodes(expect(404, get(name + "/manifests/v2")))).containsExactly("MANIFEST_UNKNOWN");
        }
        assertThat(new String(expect(200, client.get("/v2/_catalog?n=1000")).body(), UTF_8))
                .contains("renamed/new")
                .doesNotContain("renamed/old");
        HttpResponse<byte[]> refused = client.post("/v2/renamed/old/blobs/uploads/");
        assertThat(errorCodes(expect(403, refused))).containsExactly("DENIED");
        assertThat(new String(refused.body(), UTF_8)).contains("renamed/old was renamed, and is renamed/new");
        expect(404, client.get(begun));
        expect(403, client.delete("/v2/renamed/old/manifests/v1"));
        expect(403, client.put("/v2/_registry/release", ("renamed/old v2 " + image).getBytes(UTF_8)));
        expect(201, client.post("/v2/mounted/from/blobs/uploads/?mount=" + blob + "&from=renamed/old"));

        Digest next = push("renamed/new", "v1", "two");
        assertThat(named("renamed/old/manifests/v1")).isEqualTo(next);
        assertThat(server.sql("select previous_repository, repository from audit.rename"))
                .contains("renamed/old");
    }

    @Test
    void aHistoryIsFollowedOverTheNamesThatARepositoryHad() throws Exception {
        Digest first = push("history/a", "latest", "first");
        Instant afterFirst = Instant.now();
        Digest second = push("history/a", "latest", "second");
        Instant afterSecond = Instant.now();
        run(0, "rename", "history/a", "history/b");
        Instant afterRenaming = Instant.now();
        run(0, "rename", "history/b", "history/c");
        Digest third = push("history/c", "latest", "third");

        assertThat(named("history/c/manifests/latest?at=" + afterFirst)).isEqualTo(first);
        assertThat(named("history/c/manifests/latest?at=" + afterSecond)).isEqualTo(second);
        assertThat(named("history/c/manifests/latest?at=" + afterRenaming)).isEqualTo(second);
        assertThat(named("history/c/manifests/latest?at=" + Instant.now())).isEqualTo(third);
        assertThat(named("history/a/manifests/latest?at=" + afterFirst)).isEqualTo(first);
        assertThat(named("history/a/manifests/latest?at=" + Instant.now())).isEqualTo(third);
        expect(404, get("history/c/manifests/latest?at=2020-01-01T00:00:00Z"));
        assertThat(run(1, "restore", "history/c", "--at", afterSecond.toString()))
                .contains("was renamed since");
        assertThat(server.sql("select count(*) as open from audit.tag_history"
                        + " where repository like 'history/%' and until is null"))
                .as("the names of before name nothing any more")
                .containsPattern("(?m)^\\s*1\\s*$");
        assertThat(run(0, "check", "--audit")).contains("nothing was changed");
    }

    @Test
    void aNameThatAnotherRepositoryTookIsNotMistakenForIt() throws Exception {
        Digest one = push("circle/b", "latest", "circle one");
        Instant afterOne = Instant.now();
        run(0, "rename", "circle/b", "circle/c", "--alias", "0");
        Digest two = push("circle/a", "latest", "circle two");
        Instant afterTwo = Instant.now();
        run(0, "rename", "circle/a", "circle/b", "--alias", "0");

        assertThat(named("circle/c/manifests/latest?at=" + afterOne)).isEqualTo(one);
        assertThat(named("circle/c/manifests/latest?at=" + Instant.now())).isEqualTo(one);
        expect(404, get("circle/b/manifests/latest?at=" + afterOne));
        assertThat(named("circle/b/manifests/latest?at=" + afterTwo)).isEqualTo(two);
        for (int round = 0; round < 2; round++) {
            run(0, "rename", "circle/b", "circle/d");
            run(0, "rename", "circle/d", "circle/b");
        }
        assertThat(named("circle/b/manifests/latest?at=" + afterTwo)).isEqualTo(two);
        assertThat(named("circle/d/manifests/latest")).isEqualTo(two);
    }

    @Test
    void allBelowAPathIsRenamedWithWhatItHoldsAndBack() throws Exception {
        push("held/one", "v1", "held one");
        push("held/two/deep", "v1", "held two");
        push("heldback", "v1", "not below it");
        expect(403, client.post("/v2/held/one/blobs/uploads/?digest=" + digest(new byte[60]), new byte[60]));

        assertThat(run(0, "rename", "held/**", "kept/for/good/**", "--alias", "0"))
                .contains("held/one is kept/for/good/one", "held/two/deep is kept/for/good/two/deep")
                .doesNotContain("heldback");
        assertThat(client.tags("kept/for/good/two/deep")).containsExactly("v1");
        expect(404, get("held/one/manifests/v1"));
        expect(201, client.post("/v2/held/three/blobs/uploads/?digest=" + digest(new byte[40]), new byte[40]));
        assertThat(server.sql("select bytes from audit.usage where namespace = 'held/**'"))
                .containsPattern("(?m)^\\s*40\\s*$");
        assertThat(server.sql("select bytes from audit.usage where namespace = 'kept/**'"))
                .containsPattern("(?m)^\\s*38\\s*$");

        run(0, "rename", "kept/for/good/one", "held/one");
        assertThat(client.tags("held/one")).containsExactly("v1");
        expect(200, get("kept/for/good/one/manifests/v1"));
    }

    @Test
    void whatCannotBeRenamedIsSaidInOneLineAndStays() throws Exception {
        push("stays/a", "v1", "stays a");
        push("stays/b", "v1", "stays b");

        assertThat(run(1, "rename", "stays/a", "stays/b")).contains("rename: stays/b is there");
        assertThat(run(1, "rename", "stays/c", "stays/d")).contains("stays/c: there is no such repository");
        assertThat(run(1, "rename", "stays/a", "Stays/A")).contains("Stays/A: is no name of a repository");
        assertThat(run(1, "rename", "stays/**", "stays/a")).contains("both names end with /**, or none does");
        assertThat(run(1, "rename", "stays/a")).contains("takes OLD NEW");
        assertThat(run(1, "rename", "stays/a", "stays/c", "--alias", "long")).contains("a number of days");
        run(0, "rename", "stays/b", "stays/e");
        assertThat(run(1, "rename", "stays/a", "stays/b")).contains("stays/b still leads to stays/e, until ");
        assertThat(client.tags("stays/a")).containsExactly("v1");
    }
}
