package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** All blobs move from files to a bucket and back, while the registry serves, and the command is killed in the middle. */
@ExtendWith(VersityGateway.Extension.class)
class MigrateIT {

    private static final int BLOBS = 300;
    private static final int LARGE = 12 << 20;

    private final VersityGateway store;
    private final String bucket;
    private final RegistryServer server = RegistryServer.installed(Map.of());
    private final RegistryClient client = new RegistryClient(server.uri());
    private final Map<Digest, byte[]> blobs = new LinkedHashMap<>();
    private final Path directory;

    MigrateIT(VersityGateway store, @TempDir Path directory) {
        this.store = store;
        this.bucket = store.bucket();
        this.directory = directory;
    }

    @AfterEach
    void stopTheServer() {
        server.close();
    }

    private void push(int seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        blobs.put(client.pushBlob("moved/app", content), content);
    }

    /** Pushes a manifest that needs all blobs, so that no collection takes them. */
    private void keepAll() {
        List<String> layers = blobs.entrySet().stream()
                .map(blob -> "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"%s\",\"size\":%d}"
                        .formatted(blob.getKey(), blob.getValue().length))
                .toList();
        String config = layers.getFirst().replace("layer.v1.tar", "config.v1+json");
        client.pushManifest("moved/app", "latest", MediaTypes.OCI_MANIFEST, """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}""".formatted(
                        MediaTypes.OCI_MANIFEST, config, String.join(",", layers))
                .getBytes(UTF_8));
    }

    private void assertAllPulled() {
        blobs.forEach((digest, content) ->
                assertThat(client.pullBlob("moved/app", digest)).isEqualTo(content));
    }

    @Test
    void toABucketAndBack() throws Exception {
        Path files = Files.writeString(
                directory.resolve("files.yml"),
                "version: 0.1\nstorage: {filesystem: {rootdirectory: " + directory.resolve("back") + "}}\n");
        Path s3 = Files.writeString(directory.resolve("s3.yml"), """
                version: 0.1
                storage:
                  s3: {bucket: %s, regionendpoint: "%s", region: us-east-1, accesskey: %s, secretkey: %s}
                """.formatted(
                        bucket, store.endpoint(), VersityGateway.ACCESS_KEY, VersityGateway.SECRET_KEY));
        server.startAgain();
        for (int i = 0; i < BLOBS; i++) {
            push(i, 1000 + i);
        }
        push(BLOBS, LARGE);
        push(BLOBS + 1, 0);

        killedInTheMiddle(s3);
        push(BLOBS + 2, 5000); // meanwhile
        assertThat(run(0, "migrate", "--to", s3.toString())).contains("0 blobs are left");
        Digest gone = blobs.keySet().iterator().next();
        expect(202, client.delete("/v2/moved/app/blobs/" + gone));
        blobs.remove(gone);
        keepAll();
        run(0, "garbage-collect", "--now");
        push(BLOBS + 3, 6000);
        keepAll();
        assertThat(run(1, "migrate", "--to", s3.toString(), "--finish")).contains("must be stopped");
        assertAllPulled();

        server.terminate();
        killedAtTheEnd(s3);
        assertThat(run(0, "migrate", "--to", s3.toString(), "--finish"))
                .contains("the old one is left as it is", "database.directory has to be ");
        assertThat(run(1, "serve")).contains("all blobs were moved to another storage");
        server.setEnvironment(
                "REGISTRY_DATABASE_DIRECTORY",
                server.root().resolve("postgresql").toString());
        store.environment(bucket).forEach(server::setEnvironment);
        server.setEnvironment("REGISTRY_STORAGE_REDIRECT_DISABLE", "true");
        server.startAgain();
        assertAllPulled();
        push(BLOBS + 4, 7000);
        keepAll();
        run(0, "check", "--repair", "--now"); // of the copies that the kill left
        run(0, "garbage-collect", "--now");
        assertThat(run(0, "check")).contains("check: 0 blobs without their bytes, 0 files that no row knows");
        assertThat(copies()).isEqualTo(blobs.size());

        run(0, "migrate", "--to", files.toString());
        server.terminate();
        run(0, "migrate", "--to", files.toString(), "--finish");
        server.setEnvironment("REGISTRY_STORAGE", "filesystem");
        server.setEnvironment(
                "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                directory.resolve("back").toString());
        server.startAgain();
        assertAllPulled();
        assertThat(run(0, "check")).contains("check: 0 blobs without their bytes, 0 files that no row knows");
    }

    private void killedInTheMiddle(Path to) throws IOException, InterruptedException {
        Process process = server.command("migrate", "--to", to.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await("some blobs to be copied")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> copies() > 5);
        process.destroyForcibly().waitFor();
        assertThat(copies()).isLessThan(blobs.size());
    }

    /** Each kill comes later than the one before, and none after the move has ended. */
    private void killedAtTheEnd(Path to) throws IOException, InterruptedException {
        for (int kill = 1; kill <= 3; kill++) {
            Process process = server.command("migrate", "--to", to.toString(), "--finish")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor(kill * 600L, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("ended before kill " + kill);
            }
            process.destroyForcibly().waitFor();
        }
    }

    private long copies() {
        return store.objects(bucket).stream()
                .filter(name -> name.startsWith("docker/"))
                .count();
    }

    private String run(int status, String... words) throws IOException, InterruptedException {
        Process process = server.command(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }
}
