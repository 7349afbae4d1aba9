package com.laincloud.registry.adoption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.TreeReader;
import com.laincloud.registry.storage.filesystem.FileTree;
import com.laincloud.registry.storage.s3.BucketTree;
import com.laincloud.registry.storage.s3.TroubledWay;
import com.laincloud.registry.storage.s3.TroubledWay.Fate;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A tree in a bucket is imported as the same one in files is. */
@ExtendWith({TemporaryDatabase.Extension.class, VersityGateway.Extension.class})
class BucketImportIT {

    private static final Instant JANUARY = Instant.parse("2020-01-15T10:00:00Z");
    private static final int TAGS_OF_A_REPOSITORY = 250;

    private final TemporaryDatabase database;
    private final VersityGateway store;
    private final String bucket;
    private final SampleTree tree;

    BucketImportIT(TemporaryDatabase database, VersityGateway store, @TempDir Path root) {
        this.database = database;
        this.store = store;
        this.bucket = store.bucket();
        this.tree = new SampleTree(root);
    }

    private Summary run(TreeReader reader, boolean verifies) {
        try (reader;
                Import pass = new Import(
                        new UnhurriedRun(),
                        new DistributionTree(reader),
                        database.connections(),
                        3,
                        line -> {},
                        Duration.ofSeconds(1))) {
            return pass.run(verifies);
        }
    }

    private Summary runOnBucket(boolean verifies) {
        return run(new BucketTree(store.settings(bucket), Clock.systemUTC()), verifies);
    }

    /** All that a bucket keeps of a tree: everything but the times of its files. */
    private List<String> everything() {
        List<String> rows = new ArrayList<>();
        rows.addAll(database.sql("select digest, size, storage_key from registry.blob order by 1"));
        rows.addAll(database.sql("""
                select r.name, b.digest from registry.repository_blob l join registry.repository r
                on r.id = l.repository_id join registry.blob b on b.id = l.blob_id order by 1, 2"""));
        rows.addAll(database.sql("""
                select r.name, m.digest, m.media_type, m.payload,
                       (select count(*) from registry.manifest_blob b where b.manifest_id = m.id),
                       (select count(*) from registry.manifest_reference c where c.parent_id = m.id)
                from registry.manifest m join registry.repository r on r.id = m.repository_id order by 1, 2"""));
        rows.addAll(database.sql("""
                select r.name, t.name, m.digest from registry.tag t join registry.manifest m
                on m.id = t.manifest_id join registry.repository r on r.id = m.repository_id order by 1, 2"""));
        rows.addAll(database.sql("""
                select action, repository, tag, digest, previous_digest, media_type, size
                from registry.adopted_event order by 2, 3, 4, 1"""));
        rows.addAll(database.sql("select path, problem, broken from audit.import_problem order by 1, 2"));
        return rows;
    }

    private void writeTree() {
        for (int i = 0; i < 12; i++) {
            Digest image = tree.image("app/" + i % 4, "image " + i);
            tree.tag("app/" + i % 4, "v" + i, image, JANUARY);
        }
        Digest first = tree.image("moved", "first");
        Digest second = tree.image("moved", "second");
        tree.tag("moved", "latest", first, JANUARY);
        tree.tag("moved", "latest", second, JANUARY.plusSeconds(1));
        tree.tag("moved", "both", tree.index("moved", first, second), JANUARY);
        byte[] content = "under two digests".getBytes(UTF_8);
        Digest canonical = tree.show("moved/within", tree.content(content));
        SampleTree.write(
                tree.layerLink("moved/within", Digest.of(DigestAlgorithm.SHA512, content)),
                canonical.toString().getBytes(UTF_8));
        tree.layer("moved/within", ""); // of no byte
        Digest deleted = tree.image("broken", "deleted");
        SampleTree.delete(tree.revisionLink("broken", deleted));
        tree.tag("broken", "dangling", deleted, JANUARY);
        tree.image("broken", "lost");
        SampleTree.delete(tree.data(Digest.of(DigestAlgorithm.SHA256, "layer lost".getBytes(UTF_8))));
        tree.manifest("broken", "{\"schemaVersion\":2,");
        SampleTree.write(tree.tag("broken", "empty").resolve("current/link"), new byte[0]);
        SampleTree.write(tree.repository("broken").resolve("_layers/md5/abc/link"), "md5:abc".getBytes(UTF_8));
        SampleTree.write(tree.data(tree.image("broken", "swapped")), "{}".getBytes(UTF_8));
        tree.image("Broken/Name", "name");
    }

    /** The times that files have, and objects have not, decide what of a tag's history comes first. */
    private List<String> importedFromFiles() {
        assertThat(run(new FileTree(tree.root()), true).broken()).isPositive();
        List<String> imported = everything();
        database.sql("drop schema audit cascade");
        database.sql("drop schema registry cascade");
        database.migrate();
        return imported;
    }

    @Test
    void aTreeInABucketIsImportedAsTheSameOneInFilesIsAndOnceMoreToNothing() {
        writeTree();
        store.copy(tree.root(), bucket);
        int objects = store.objects(bucket).size();
        List<String> expected = importedFromFiles();

        assertThat(runOnBucket(true).broken()).isPositive();
        assertThat(everything()).isEqualTo(expected);
        assertThat(store.objects(bucket)).hasSize(objects + 1); // the blob that has two digests

        Summary again = runOnBucket(false);
        assertThat(again.counts().tags()
                        + again.counts().manifests()
                        + again.counts().blobs())
                .isZero();
        assertThat(everything()).isEqualTo(expected);
    }

    @Test
    void whatWasDeletedHereDoesNotComeBackFromABucket() {
        writeTree();
        store.copy(tree.root(), bucket);
        runOnBucket(false);
        database.sql("""
                insert into registry.deleted (repository_id, kind, name, digest)
                select r.id, 'tag', t.name, m.digest from registry.tag t
                join registry.manifest m on m.id = t.manifest_id join registry.repository r on r.id = m.repository_id
                where r.name = 'app/0'""");
        database.sql("""
                delete from registry.tag
                where repository_id = (select id from registry.repository where name = 'app/0')""");
        List<String> before = everything();

        runOnBucket(false);

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void aStoreThatFailsBreaksNothingOffForEverAndNothingIsTakenForBroken() {
        writeTree();
        store.copy(tree.root(), bucket);
        List<String> expected = importedFromFiles();
        AtomicInteger requests = new AtomicInteger();

        assertThatThrownBy(() -> runBy(request -> requests.incrementAndGet() < 100 ? Fate.PASSES : Fate.BROKEN, true))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(bucket);
        runBy(request -> requests.incrementAndGet() % 20 == 0 ? Fate.REFUSED : Fate.PASSES, true);

        assertThat(everything()).isEqualTo(expected);
    }

    @Test
    void anObjectThatTheStoreDoesNotGiveIsOneProblemAndEndsNothing() {
        writeTree();
        Digest image = tree.image("refused", "refused");
        tree.tag("refused", "link", image, JANUARY);
        tree.tag("refused", "other", image, JANUARY);
        store.copy(tree.root(), bucket);

        runBy(request -> request.matches("GET .*/tags/link/current/link .*") ? Fate.FORBIDDEN : Fate.PASSES, false);

        assertThat(database.sql("select path from audit.import_problem where problem = 'unreadable'"))
                .containsExactly("docker/registry/v2/repositories/refused/_manifests/tags/link/current/link");
        assertThat(database.sql("""
                select t.name from registry.tag t join registry.repository r on r.id = t.repository_id
                where r.name = 'refused'""")).containsExactly("other");
    }

    @Test
    void aBucketThatTheStoreRefusesEndsThePass() {
        writeTree();
        store.copy(tree.root(), bucket);
        AtomicInteger requests = new AtomicInteger();

        assertThatThrownBy(
                        () -> runBy(request -> requests.incrementAndGet() < 100 ? Fate.PASSES : Fate.FORBIDDEN, false))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(bucket);
    }

    private Summary runBy(Function<String, Fate> fates, boolean verifies) {
        try (TroubledWay way = new TroubledWay(store.endpoint(), fates)) {
            S3 settings = store.settings(bucket, way.endpoint());
            return run(new BucketTree(settings, Clock.systemUTC()), verifies);
        }
    }

    @Test
    void aBucketWithoutATreeIsRefused() {
        assertThatThrownBy(() -> runOnBucket(false))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(
                        "there is no tree of a docker/distribution in bucket " + bucket + ", below/here/");
    }

    /** {@code -Dimport.tags=3000} makes it that large, {@code -Dimport.latency=20} has the store take 20 ms more a request. */
    @Test
    void aBucketOfManyTagsIsImportedWholly() {
        int tags = Integer.getInteger("import.tags", 100);
        Duration latency = Duration.ofMillis(Integer.getInteger("import.latency", 0));
        for (int i = 0; i < tags; i++) {
            String repository = "speed/r" + i / TAGS_OF_A_REPOSITORY;
            tree.tag(repository, "t" + i, tree.image(repository, "image " + i), JANUARY);
        }
        store.copy(tree.root(), bucket);
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int before = store.requests(bucket).size();

        long begin = System.nanoTime();
        Summary summary = latency.isZero()
                ? runOnBucket(false)
                : runBy(
                        request -> {
                            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                            LockSupport.parkNanos(latency.toNanos());
                            atOnce.decrementAndGet();
                            return Fate.PASSES;
                        },
                        false);
        double seconds = (System.nanoTime() - begin) / 1e9;

        System.out.printf(
                "BucketImportIT: %d tags in %.1f s, %d requests, at most %d at once, %d ms more each: %s%n",
                tags, seconds, store.requests(bucket).size() - before, most.get(), latency.toMillis(), summary);
        assertThat(summary.counts().tags()).isEqualTo(tags);
        assertThat(summary.broken()).isZero();
        assertThat(most.get()).isLessThanOrEqualTo(64 + 3); // and the workers
    }
}
