package com.laincloud.registry.it.clients;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.storage.s3.VersityGateway;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * A storage root that a real docker/distribution has written: more than fifty repositories with a thousand tags that share
 * layers, an index, an image of schema 1, a blob under its sha512 digest, a deleted manifest, and one link file that a crash
 * has emptied. It knows what can be pulled.
 */
final class TreeOfOldRegistry {

    static final int REPOSITORIES = 50;
    static final int TAGS = 20;
    static final int MOVES = 3;

    /** Every type of manifest that a client may accept. */
    static final String ACCEPT = String.join(
            ", ",
            MediaTypes.OCI_MANIFEST,
            MediaTypes.OCI_INDEX,
            MediaTypes.DOCKER_MANIFEST,
            MediaTypes.DOCKER_MANIFEST_LIST,
            MediaTypes.SCHEMA1_SIGNED,
            MediaTypes.SCHEMA1);

    /** The tag whose link file is empty. */
    static final String EMPTIED_TAG = "app/1:t7";

    private final Path root;
    private final Map<String, Digest> tags = new ConcurrentHashMap<>();
    private final Map<String, Digest> layers = new ConcurrentHashMap<>();
    private Digest deleted;
    private Digest sha512;

    private TreeOfOldRegistry(Path root) {
        this.root = root;
        this.deleted = RegistryClient.digest(new byte[0]);
        this.sha512 = deleted;
    }

    static TreeOfOldRegistry write(Path directory) throws Exception {
        TreeOfOldRegistry tree = new TreeOfOldRegistry(DockerRegistry.root(directory));
        try (DockerRegistry registry = new DockerRegistry(directory)) {
            tree.push(registry, directory);
        }
        Path link = tree.root.resolve("docker/registry/v2/repositories/app/1/_manifests/tags/t7/current/link");
        assertThat(link).isNotEmptyFile();
        Files.write(link, new byte[0]);
        tree.tags.remove(EMPTIED_TAG);
        return tree;
    }

    /** One that docker/distribution has written into a bucket, below {@code old}, and nothing is wrong with. */
    static TreeOfOldRegistry write(Path directory, VersityGateway store, String bucket) throws Exception {
        TreeOfOldRegistry tree = new TreeOfOldRegistry(Path.of("/old"));
        String storage =
                "s3: {regionendpoint: %s, region: us-east-1, bucket: %s, rootdirectory: %s, accesskey: %s, secretkey: %s, secure: false}"
                        .formatted(
                                store.endpoint(),
                                bucket,
                                tree.root,
                                VersityGateway.ACCESS_KEY,
                                VersityGateway.SECRET_KEY);
        try (DockerRegistry registry = new DockerRegistry(directory, storage)) {
            tree.push(registry, directory);
        }
        return tree;
    }

    private void push(DockerRegistry registry, Path directory) throws Exception {
        RegistryClient client = new RegistryClient(registry.uri());
        List<Digest> shared = IntStream.range(0, 3)
                .mapToObj(i -> client.pushBlob("base/shared", noise(i)))
                .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> pushes = new ArrayList<>();
            for (int i = 0; i < REPOSITORIES; i++) {
                // every other one lies within another repository
                String name = i % 2 == 0 ? "app/" + i : "app/" + (i - 1) + "/manifests";
                String repository = i == 1 ? "app/1" : name;
                pushes.add(threads.submit(() -> pushRepository(client, repository, shared)));
            }
            for (Future<?> push : pushes) {
                push.get();
            }
        }
        pushRarities(registry, directory);
    }

    private void pushRepository(RegistryClient client, String repository, List<Digest> shared) {
        for (Digest layer : shared) {
            expect(201, client.post("/v2/" + repository + "/blobs/uploads/?mount=" + layer + "&from=base/shared"));
        }
        List<Digest> all = new ArrayList<>(shared);
        Digest own = client.pushBlob(repository, noise(repository.hashCode()));
        layers.put(repository, own);
        all.add(own);
        for (int i = 0; i < TAGS; i++) {
            byte[] config = "{\"repository\":\"%s\",\"number\":%d}"
                    .formatted(repository, i)
                    .getBytes(UTF_8);
            byte[] manifest = manifest(client.pushBlob(repository, config), config.length, all);
            put(client, repository, i == 0 ? "latest" : "t" + i, manifest);
            if (i < MOVES) {
                put(client, repository, "latest", manifest);
            }
        }
    }

    private void put(RegistryClient client, String repository, String tag, byte[] manifest) {
        tags.put(repository + ":" + tag, client.pushManifest(repository, tag, MediaTypes.DOCKER_MANIFEST, manifest));
    }

    private void pushRarities(DockerRegistry registry, Path directory) {
        RegistryClient client = new RegistryClient(registry.uri());
        byte[] config = "{\"deleted\":true}".getBytes(UTF_8);
        deleted = client.pushManifest(
                "app/0",
                "deleted",
                MediaTypes.DOCKER_MANIFEST,
                manifest(client.pushBlob("app/0", config), config.length, List.of()));
        expect(202, client.delete("/v2/app/0/manifests/" + deleted));
        byte[] content = "a blob under another digest".getBytes(UTF_8);
        sha512 = Digest.of(DigestAlgorithm.SHA512, content);
        expect(
                201,
                client.put(
                        withDigest(client.startUpload("app/0"), sha512),
                        content,
                        "Content-Type",
                        "application/octet-stream"));
        ImageLayout layout = new ImageLayout(directory.resolve("layout"));
        JsonObject amd64 = layout.addImage("amd64", SampleLayers.of(1));
        layout.tag("amd64", amd64);
        layout.tag("both", layout.addIndex(List.of(amd64, layout.addImage("arm64", SampleLayers.of(2)))));
        CommandLineClient skopeo =
                new CommandLineClient(directory.resolve("home"), List.of("skopeo", "--insecure-policy"), Map.of());
        String target = "docker://" + registry.authority() + "/";
        skopeo.run("copy", "--all", "--dest-tls-verify=false", layout.reference("both"), target + "oci/index:both");
        skopeo.run(
                "copy",
                "--format",
                "v2s1",
                "--dest-tls-verify=false",
                layout.reference("amd64"),
                target + "schema1/image:old");
        for (String tag : List.of("oci/index:both", "schema1/image:old")) {
            tags.put(tag, digest(client, tag));
        }
    }

    /** Copies the tree, with the times of its files, to where a registry expects it. */
    void copyTo(Path otherRoot) throws IOException, InterruptedException {
        Files.createDirectories(otherRoot);
        Process copy = new ProcessBuilder("cp", "-a", root.resolve("docker").toString(), otherRoot + "/")
                .inheritIO()
                .start();
        assertThat(copy.waitFor()).isZero();
    }

    /** What can be pulled: {@code repository:tag} and the digest of its manifest. */
    Map<String, Digest> tags() {
        return new TreeMap<>(tags);
    }

    /** A layer that this repository alone shows. */
    Digest ownLayer(String repository) {
        return java.util.Objects.requireNonNull(layers.get(repository));
    }

    /** A manifest of {@code app/0} that was deleted. */
    Digest deleted() {
        return deleted;
    }

    /** A blob of {@code app/0}. */
    Digest sha512() {
        return sha512;
    }

    /** The digest of what {@code repository:tag} names, as a registry tells it. */
    static Digest digest(RegistryClient client, String name) {
        int colon = name.lastIndexOf(':');
        return Digest.valueOf(header(
                expect(
                        200,
                        client.get(
                                "/v2/" + name.substring(0, colon) + "/manifests/" + name.substring(colon + 1),
                                "Accept",
                                ACCEPT)),
                "Docker-Content-Digest"));
    }

    /** A schema 2 image. */
    static byte[] manifest(Digest config, int size, List<Digest> layers) {
        String list = String.join(
                ",",
                layers.stream()
                        .map(layer -> descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", layer, 4096))
                        .toList());
        return """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}""".formatted(
                        MediaTypes.DOCKER_MANIFEST,
                        descriptor("application/vnd.docker.container.image.v1+json", config, size),
                        list)
                .getBytes(UTF_8);
    }

    private static String descriptor(String mediaType, Digest digest, int size) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(mediaType, digest, size);
    }

    private static byte[] noise(int seed) {
        byte[] noise = new byte[4096];
        new Random(seed).nextBytes(noise);
        return noise;
    }
}
