package com.laincloud.registry.it.clients;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.clients.TreeOfOldRegistry.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The registry in the place of docker/distribution, over the tree that a real one wrote into a bucket. */
@ExtendWith(VersityGateway.Extension.class)
class BucketAdoptionIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final VersityGateway store;
    private final String bucket;
    private final RegistryServer server;
    private final RegistryClient client;
    private TreeOfOldRegistry tree;

    BucketAdoptionIT(VersityGateway store) {
        this.store = store;
        this.bucket = store.bucket();
        this.server = RegistryServer.installed(store.environment(bucket));
        server.setEnvironment("REGISTRY_STORAGE_S3_ROOTDIRECTORY", "/old");
        server.setEnvironment("REGISTRY_STORAGE_REDIRECT_DISABLE", "true");
        server.setEnvironment("REGISTRY_STORAGE_DELETE_ENABLED", "true");
        this.client = new RegistryClient(server.uri());
    }

    @BeforeEach
    void writeTheTree(@TempDir Path directory) throws Exception {
        tree = TreeOfOldRegistry.write(directory, store, bucket);
    }

    @AfterEach
    void stopTheServer() {
        server.close();
    }

    @Test
    void itIsServedFromTheFirstRequestOnAndCollectedAsIfItHadBeenPushedHere() throws Exception {
        server.startAgain();
        // whether or not the pass has come to it
        assertThat(digest(client, "app/48:latest")).isEqualTo(tree.tags().get("app/48:latest"));
        assertThat(client.tags("app/46")).hasSize(TreeOfOldRegistry.TAGS);
        await("the import to end")
                .atMost(PATIENCE)
                .until(() -> server.logSince(0).stream().anyMatch(line -> line.contains("import: done: ")));

        tree.tags()
                .forEach((name, digest) ->
                        assertThat(digest(client, name)).as(name).isEqualTo(digest));
        assertThat(client.pullBlob("app/4", tree.ownLayer("app/4"))).hasSize(4096);
        client.pullBlob("app/0", tree.sha512());
        expect(404, client.get("/v2/app/0/manifests/" + tree.deleted(), "Accept", TreeOfOldRegistry.ACCEPT));
        assertThat(server.sql("select count(*) as problems from audit.import_problem where broken"))
                .containsPattern("(?m)^\\s*0\\s*$");
        assertThat(server.sql("""
                        select count(*) filter (where request_id = 'import') as imported, count(until) as ended
                        from audit.tag_history where repository = 'app/2' and tag = 'latest'""")).containsPattern("(?m)^\\s*3\\s*\\|\\s*2\\s*$");

        pushesGoOnWithoutSendingLayersAgain();
        Digest own = tree.ownLayer("app/6");
        assertThat(store.objects(bucket)).contains("old/" + StorageKey.inTree(own));
        expect(202, client.delete("/v2/app/6/_registry/repository"));
        assertThat(run("import", 0)).contains(" 0 tags, 0 manifests, 0 blobs ");
        expect(404, client.get("/v2/app/6/manifests/latest"));

        assertThat(run("garbage-collect", 0, "--now")).doesNotContain(" 0 files deleted");
        assertThat(store.objects(bucket)).doesNotContain("old/" + StorageKey.inTree(own));
        assertThat(client.pullBlob("app/8", tree.ownLayer("app/8"))).hasSize(4096);
        assertThat(run("check", 0)).contains("check: 0 blobs without their bytes, 0 files that no row knows");
        assertThat(run("import", 1, "/old")).contains("the tree must lie where the storage driver s3 keeps");
    }

    private void pushesGoOnWithoutSendingLayersAgain() {
        byte[] config = "{\"pushed\":\"here\"}".getBytes(UTF_8);
        byte[] manifest = TreeOfOldRegistry.manifest(
                client.pushBlob("app/12", config), config.length, List.of(tree.ownLayer("app/12")));
        Digest pushed = client.pushManifest("app/12", "latest", MediaTypes.DOCKER_MANIFEST, manifest);
        assertThat(digest(client, "app/12:latest")).isEqualTo(pushed);
        assertThat(server.sql("""
                        select previous_digest from audit.push
                        where repository = 'app/12' and tag = 'latest' and request_id <> 'import'""")).contains(String.valueOf(tree.tags().get("app/12:latest")));
    }

    private String run(String command, int status, String... operands) throws Exception {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of(operands));
        Process process = server.command(words.toArray(String[]::new)).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }
}
