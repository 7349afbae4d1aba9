package com.laincloud.registry.adoption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.filesystem.FileTree;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures an import. {@code -Dimport.layers=100000} makes the tree that large; without it, it is small enough for every
 * build, and only the count of what was imported is checked.
 */
@ExtendWith(TemporaryDatabase.Extension.class)
class ImportSpeedTest {

    private static final int LAYERS_OF_AN_IMAGE = 8;
    private static final int IMAGES_OF_A_REPOSITORY = 25;

    private final TemporaryDatabase database;
    private final SampleTree tree;

    ImportSpeedTest(TemporaryDatabase database, @TempDir Path root) {
        this.database = database;
        this.tree = new SampleTree(root);
    }

    @Test
    void aTreeOfManyLinksIsImportedWholly() {
        int images = Integer.getInteger("import.layers", 800) / LAYERS_OF_AN_IMAGE;
        List<Digest> base = new ArrayList<>();
        for (int i = 0; i < LAYERS_OF_AN_IMAGE / 2; i++) {
            base.add(tree.content(("base " + i).getBytes(UTF_8)));
        }
        for (int i = 0; i < images; i++) {
            push("speed/r" + i / IMAGES_OF_A_REPOSITORY, i, base);
        }
        try (Import pass = new Import(
                new UnhurriedRun(),
                new DistributionTree(new FileTree(tree.root())),
                database.connections(),
                2,
                line -> System.out.println("ImportSpeedTest: " + line),
                Duration.ofSeconds(2))) {
            long begin = System.nanoTime();
            Summary summary = pass.run(false);
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    "ImportSpeedTest: %,d links in %.1f s, %,.0f a second: %s%n",
                    summary.counts().links(), seconds, summary.counts().links() / seconds, summary);
            assertThat(summary.broken()).isZero();
            assertThat(summary.counts().manifests()).isEqualTo(images);
            assertThat(summary.counts().tags()).isEqualTo(images);
        }
    }

    /** An image of layers that half of them are shared by all, the other half and the config its own. */
    private void push(String repository, int number, List<Digest> base) {
        List<String> layers = new ArrayList<>();
        for (Digest digest : base) {
            layers.add(descriptor(tree.show(repository, digest), 6));
        }
        for (int i = base.size(); i < LAYERS_OF_AN_IMAGE; i++) {
            String content = "layer " + number + "." + i;
            layers.add(descriptor(tree.layer(repository, content), content.length()));
        }
        String config = "{\"number\":" + number + "}";
        Digest image = tree.manifest(repository, """
                {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
                "config":%s,"layers":[%s]}""".formatted(
                        descriptor(tree.layer(repository, config), config.length()), String.join(",", layers)));
        tree.tag(
                repository,
                "release-" + number,
                image,
                Instant.parse("2020-01-01T00:00:00Z").plusSeconds(number));
    }

    private static String descriptor(Digest digest, int size) {
        return SampleTree.descriptor("application/octet-stream", digest, size);
    }
}
