package com.laincloud.registry.adoption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.filesystem.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TemporaryDatabase.Extension.class)
class ImportTest {

    private static final Instant JANUARY = Instant.parse("2020-01-15T10:00:00Z");
    private static final Instant FEBRUARY = Instant.parse("2020-02-15T10:00:00Z");
    private static final Instant MARCH = Instant.parse("2020-03-15T10:00:00Z");

    private final TemporaryDatabase database;
    private final SampleTree tree;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    ImportTest(TemporaryDatabase database, @TempDir Path root) {
        this.database = database;
        this.tree = new SampleTree(root);
    }

    private Summary run(boolean verifies) {
        try (Import pass = newImport(new UnhurriedRun())) {
            return pass.run(verifies);
        }
    }

    private Import newImport(JobRun run) {
        return new Import(
                run,
                new DistributionTree(new FileTree(tree.root())),
                database.connections(),
                3,
                lines::add,
                Duration.ofSeconds(1));
    }

    private List<String> problems() {
        return database.sql("select problem from audit.import_problem order by problem collate \"C\"");
    }

    private List<String> tags(String repository) {
        return database.sql("""
                select t.name, m.digest from registry.tag t join registry.manifest m on m.id = t.manifest_id
                join registry.repository r on r.id = t.repository_id where r.name = '%s' order by 1""".formatted(repository));
    }

    private List<String> everything() {
        List<String> rows = new ArrayList<>();
        rows.addAll(database.sql("select digest, size, storage_key, created_at from registry.blob order by 1"));
        rows.addAll(database.sql("""
                select r.name, b.digest, l.linked_at from registry.repository_blob l join registry.repository r
                on r.id = l.repository_id join registry.blob b on b.id = l.blob_id order by 1, 2"""));
        rows.addAll(database.sql("""
                select r.name, m.digest, m.media_type, m.payload, m.pushed_at,
                       (select count(*) from registry.manifest_blob b where b.manifest_id = m.id),
                       (select count(*) from registry.manifest_reference c where c.parent_id = m.id)
                from registry.manifest m join registry.repository r on r.id = m.repository_id order by 1, 2"""));
        rows.addAll(database.sql("""
                select r.name, t.name, m.digest, t.moved_at from registry.tag t join registry.manifest m
                on m.id = t.manifest_id join registry.repository r on r.id = m.repository_id order by 1, 2"""));
        rows.addAll(
                database.sql("select repository, tag, digest, since, until from audit.tag_history order by 1, 2, 4"));
        rows.addAll(database.sql("select path, problem from audit.import_problem order by 1, 2"));
        return rows;
    }

    @Test
    void anImageOfATagIsIndexedWithAllThatBelongsToItAndNoFileIsTouched() throws IOException {
        Digest image = tree.image("lain/app", "one");
        tree.tag("lain/app", "release-1", image, JANUARY);
        List<Path> before = files();

        Summary summary = run(false);

        assertThat(summary.broken()).isZero();
        assertThat(summary.leftovers()).isZero();
        assertThat(tags("lain/app")).containsExactly("release-1|" + image);
        assertThat(database.sql("select count(*) from registry.manifest_blob")).containsExactly("2");
        assertThat(database.sql("select size, storage_key from registry.blob order by size limit 1"))
                .singleElement()
                .asString()
                .startsWith("9|docker/registry/v2/blobs/sha256/")
                .endsWith("/data");
        assertThat(database.sql("select moved_at at time zone 'UTC' from registry.tag"))
                .containsExactly("2020-01-15 10:00:00");
        assertThat(files()).isEqualTo(before);
    }

    private List<Path> files() throws IOException {
        try (var walk = Files.walk(tree.root())) {
            return walk.sorted().toList();
        }
    }

    @Test
    void everyKindOfManifestIsToldByItsTextAlone() {
        Digest config = tree.layer("kinds", "{}");
        Digest layer = tree.layer("kinds", "layer");
        Digest image = tree.manifest("kinds", tree.image(config, layer));
        tree.index("kinds", image);
        Digest untyped = tree.manifest(
                "kinds", """
                {"schemaVersion":2,"config":%s,"layers":[]}""".formatted(SampleTree.descriptor("application/vnd.oci.image.config.v1+json", config, 2)));
        tree.manifest("kinds", """
                {"schemaVersion":2,"manifests":[%s]}""".formatted(
                        SampleTree.descriptor("application/vnd.oci.image.manifest.v1+json", untyped, 1)));
        Digest schema1 = tree.manifest("kinds", """
                {"schemaVersion":1,"name":"kinds","tag":"old","architecture":"amd64",
                "fsLayers":[{"blobSum":"%s"}],"history":[{"v1Compatibility":"{}"}]}""".formatted(layer));

        assertThat(run(false).broken()).isZero();

        assertThat(database.sql("select media_type from registry.manifest order by 1"))
                .containsExactly(
                        "application/vnd.docker.distribution.manifest.list.v2+json",
                        "application/vnd.docker.distribution.manifest.v1+json",
                        "application/vnd.docker.distribution.manifest.v2+json",
                        "application/vnd.oci.image.index.v1+json",
                        "application/vnd.oci.image.manifest.v1+json");
        assertThat(database.sql("select count(*) from registry.manifest_reference"))
                .containsExactly("2");
        assertThat(database.sql("""
                        select b.digest from registry.manifest_blob l join registry.blob b on b.id = l.blob_id
                        join registry.manifest m on m.id = l.manifest_id where m.digest = '%s'""".formatted(schema1))).containsExactly(layer.toString());
    }

    @Test
    void repositoriesWithinOthersAreRepositoriesOfTheirOwn() {
        for (String name : List.of("a", "a/manifests", "a/manifests/b", "a-b/c__d.e", "a/tags/list")) {
            tree.tag(name, "v1", tree.image(name, name), JANUARY);
        }

        assertThat(run(false).broken()).isZero();

        assertThat(database.sql("select name from registry.repository order by name"))
                .containsExactly("a", "a-b/c__d.e", "a/manifests", "a/manifests/b", "a/tags/list");
        assertThat(database.sql("select count(*) from registry.tag")).containsExactly("5");
    }

    @Test
    void aBlobUnderItsSha512DigestGetsAKeyOfItsOwnForTheSameBytes() throws IOException {
        byte[] content = "two names".getBytes(UTF_8);
        Digest canonical = tree.show("five", tree.content(content));
        Digest alias = Digest.of(DigestAlgorithm.SHA512, content);
        SampleTree.write(tree.layerLink("five", alias), canonical.toString().getBytes(UTF_8));

        assertThat(run(true).broken()).isZero();

        assertThat(database.sql("select digest from registry.blob order by 1"))
                .containsExactly(canonical.toString(), alias.toString());
        assertThat(Files.isSameFile(tree.data(alias), tree.data(canonical))).isTrue();
    }

    @Test
    void aDeletedManifestStaysDeletedThoughItsBytesAreThere() {
        Digest deleted = tree.image("deleted", "gone");
        Digest kept = tree.image("deleted", "kept");
        tree.tag("deleted", "v1", kept, JANUARY);
        SampleTree.delete(tree.revisionLink("deleted", deleted));

        assertThat(run(false).broken()).isZero();
        assertThat(database.sql("select digest from registry.manifest")).containsExactly(kept.toString());
    }

    @Test
    void runningItAgainChangesNothing() {
        for (int i = 0; i < 20; i++) {
            Digest image = tree.image("again/" + i % 3, "image " + i);
            tree.tag("again/" + i % 3, "t" + i, tree.index("again/" + i % 3, image), JANUARY.plusSeconds(i));
        }
        SampleTree.write(tree.tag("again/1", "empty").resolve("current/link"), new byte[0]);
        run(false);
        List<String> once = everything();

        Summary again = run(true);

        assertThat(everything()).isEqualTo(once);
        assertThat(again.counts().manifests()
                        + again.counts().blobs()
                        + again.counts().tags())
                .isZero();
        assertThat(again.broken()).isEqualTo(2);
    }

    @Test
    void stoppedAnywhereItIsGoneOnWithAndComesToTheSame() throws InterruptedException {
        for (int i = 0; i < 60; i++) {
            String name = "stop/" + i % 12;
            tree.tag(name, "t" + i, tree.index(name, tree.image(name, "image " + i)), JANUARY.plusSeconds(i));
        }
        run(false);
        List<String> uninterrupted = everything();
        database.sql("drop schema audit cascade");
        database.sql("drop schema registry cascade");
        database.migrate();

        int stopped = 0;
        for (int round = 0; round < 12; round++) {
            UnhurriedRun run = new UnhurriedRun();
            try (Import pass = newImport(run)) {
                Thread killer = Thread.ofPlatform().start(new Delayed(Duration.ofMillis(5L * round), run::end));
                try {
                    pass.run(false);
                } catch (CancellationException e) {
                    stopped++;
                }
                killer.join();
            }
        }
        run(false);

        assertThat(stopped).isPositive();
        assertThat(everything()).isEqualTo(uninterrupted);
        assertThat(database.sql("select count(*) from registry.adopted_repository"))
                .containsExactly("0");
    }

    private record Delayed(Duration delay, Runnable action) implements Runnable {
        @Override
        public void run() {
            try {
                Thread.sleep(delay);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            action.run();
        }
    }

    @Test
    void whatIsBrokenIsReportedEachAndLeftAloneAndTheRestIsImported() {
        Digest good = tree.image("broken", "good");
        tree.tag("broken", "good", good, JANUARY);
        Digest lost = tree.image("broken", "lost");
        tree.tag("broken", "lost", lost, JANUARY);
        SampleTree.delete(tree.data(Digest.of(DigestAlgorithm.SHA256, "layer lost".getBytes(UTF_8))));
        Digest gone = tree.manifest("broken", "{\"gone\":1}");
        SampleTree.delete(tree.data(gone));
        tree.manifest("broken", "{\"schemaVersion\":2,");
        Digest swapped = tree.image("broken", "swapped");
        SampleTree.write(tree.data(swapped), "{}".getBytes(UTF_8));
        SampleTree.write(tree.tag("broken", "empty").resolve("current/link"), new byte[0]);
        SampleTree.write(tree.revisionLink("broken", tree.content("x".getBytes(UTF_8))), "sha256:no".getBytes(UTF_8));
        SampleTree.write(tree.repository("broken").resolve("_layers/md5/abc/link"), "md5:abc".getBytes(UTF_8));
        SampleTree.write(
                tree.tag("broken", "-bad").resolve("current/link"),
                good.toString().getBytes(UTF_8));
        tree.image("Broken/Name", "name");

        Summary summary = run(false);

        assertThat(problems())
                .containsExactly(
                        "bad link",
                        "bad manifest",
                        "bad name",
                        "bad name",
                        "bad name",
                        "dangling tag",
                        "dangling tag",
                        "empty link",
                        "incomplete manifest",
                        "missing blob",
                        "missing blob",
                        "wrong bytes");
        assertThat(summary.broken()).isEqualTo(12);
        assertThat(lines)
                .filteredOn(line -> line.startsWith("empty link: docker/registry/v2/repositories/broken/"))
                .hasSize(1);
        assertThat(tags("broken")).containsExactly("good|" + good);
    }

    @Test
    void linksToCollectedBlobsThatNoManifestNeedsAreLeftoversAndNothingIsBrokenByThem() {
        Digest collected = tree.layer("leftover", "collected");
        SampleTree.delete(tree.data(collected));
        tree.image("leftover", "kept");

        Summary summary = run(false);

        assertThat(summary.broken()).isZero();
        assertThat(summary.leftovers()).isOne();
        assertThat(problems()).containsExactly("leftover link");
    }

    @Test
    void anIndexThatLacksAnImageIsImportedForItsOthersAndGetsItWhenItIsThere() {
        Digest amd64 = tree.image("sparse", "amd64");
        Digest arm64 = tree.image("sparse", "arm64");
        Digest index = tree.index("sparse", amd64, arm64);
        tree.tag("sparse", "both", index, JANUARY);
        byte[] link = arm64.toString().getBytes(UTF_8);
        SampleTree.delete(tree.revisionLink("sparse", arm64));

        assertThat(run(false).broken()).isOne();
        assertThat(problems()).containsExactly("incomplete index");
        assertThat(tags("sparse")).containsExactly("both|" + index);
        assertThat(database.sql("select count(*) from registry.manifest_reference"))
                .containsExactly("1");
        assertThat(database.sql("select digest from registry.missing_reference"))
                .containsExactly(arm64.toString());

        SampleTree.write(tree.revisionLink("sparse", arm64), link);
        assertThat(run(false).broken()).isZero();
        assertThat(database.sql("select count(*) from registry.manifest_reference"))
                .containsExactly("2");
    }

    @Test
    void aTruncatedLayerIsNoticedByItsLengthAndAnAlteredOneWhenVerifying() {
        Digest truncated = tree.image("sound", "truncated");
        Digest altered = tree.image("sound", "altered");
        tree.tag("sound", "altered", altered, JANUARY);
        Digest truncatedLayer = Digest.of(DigestAlgorithm.SHA256, "layer truncated".getBytes(UTF_8));
        Digest alteredLayer = Digest.of(DigestAlgorithm.SHA256, "layer altered".getBytes(UTF_8));
        SampleTree.write(tree.data(truncatedLayer), "layer".getBytes(UTF_8));
        SampleTree.write(tree.data(alteredLayer), "layer ALTERED".getBytes(UTF_8));

        assertThat(run(true).broken()).isEqualTo(5);
        assertThat(problems())
                .containsExactly(
                        "dangling tag", "incomplete manifest", "incomplete manifest", "wrong bytes", "wrong bytes");
        assertThat(database.sql("select count(*) from registry.manifest")).containsExactly("0");
        assertThat(database.sql("select digest from registry.blob where digest in ('%s', '%s')"
                        .formatted(truncatedLayer, alteredLayer)))
                .isEmpty();
        assertThat(truncated).isNotEqualTo(altered);
    }

    @Test
    void whatTagsNamedBeforeIsTheirFirstHistory() {
        Digest first = tree.image("history", "first");
        Digest second = tree.image("history", "second");
        Digest third = tree.image("history", "third");
        tree.tag("history", "latest", second, FEBRUARY);
        tree.tag("history", "latest", first, JANUARY);
        tree.tag("history", "latest", third, MARCH);

        run(false);

        assertThat(database.sql("""
                        select digest, since at time zone 'UTC', until at time zone 'UTC', actor, request_id
                        from audit.tag_history where tag = 'latest' order by since"""))
                .containsExactly(
                        first + "|2020-01-15 10:00:00|2020-02-15 10:00:00|null|import",
                        second + "|2020-02-15 10:00:00|2020-03-15 10:00:00|null|import",
                        third + "|2020-03-15 10:00:00|null|null|import");
        assertThat(database.sql("select digest, previous_digest from audit.push order by id"))
                .containsExactly(first + "|null", second + "|" + first, third + "|" + second);
    }

    @Test
    void whatWasDoneHereComesAfterWhatTheTreeTells() {
        Digest old = tree.image("here", "old");
        Digest image = tree.image("here", "new");
        tree.tag("here", "moved", old, JANUARY);
        tree.manifest("here", "{}");
        database.sql("""
                insert into registry.event (action, repository, tag, digest, request_id)
                values ('manifest.push', 'here', 'moved', '%s', '00000000-0000-0000-0000-00000000000d')""".formatted(image));

        run(false);

        assertThat(database.sql("""
                        select digest, until is null, request_id from audit.tag_history where tag = 'moved' order by since"""))
                .containsExactly(old + "|f|import", image + "|t|00000000-0000-0000-0000-00000000000d");
    }

    @Test
    void aTagWhoseManifestWasDeletedEndedThen() {
        Digest image = tree.image("ended", "image");
        tree.tag("ended", "v1", image, JANUARY);
        SampleTree.delete(tree.revisionLink("ended", image));
        SampleTree.touch(tree.revisionLink("ended", image).resolveSibling(""), FEBRUARY);

        run(false);
        run(false);

        assertThat(database.sql("select until at time zone 'UTC' from audit.tag_history"))
                .containsExactly("2020-02-15 10:00:00");
        assertThat(problems()).containsExactly("dangling tag");
    }

    @Test
    void whatWasDeletedHereDoesNotComeBackAndATagThatWasMovedHereStays() {
        Digest deleted = tree.image("mine", "deleted");
        Digest old = tree.image("mine", "old");
        Digest next = tree.image("mine", "next");
        Digest blob = tree.layer("mine", "a blob of its own");
        tree.tag("mine", "deleted", old, JANUARY);
        tree.tag("mine", "moved", old, JANUARY);
        tree.tag("mine", "of-deleted", deleted, JANUARY);
        run(false);
        delete("tag", "deleted", old, "delete from registry.tag where name = 'deleted'");
        delete("tag", "of-deleted", deleted, "delete from registry.tag where name = 'of-deleted'");
        delete("manifest", null, deleted, "delete from registry.manifest where digest = '" + deleted + "'");
        delete("blob", null, blob, """
                delete from registry.repository_blob where blob_id = (select id from registry.blob where digest = '%s')""".formatted(blob));
        database.sql("""
                update registry.tag set adopted = false, manifest_id = (select id from registry.manifest where digest = '%s')
                where name = 'moved'""".formatted(next));

        assertThat(run(false).broken()).isZero();

        assertThat(tags("mine")).containsExactly("moved|" + next);
        assertThat(database.sql("select count(*) from registry.manifest")).containsExactly("2");
        assertThat(database.sql("""
                        select count(*) from registry.repository_blob l join registry.blob b on b.id = l.blob_id
                        where b.digest = '%s'""".formatted(blob))).containsExactly("0");
    }

    private void delete(String kind, @Nullable String tag, Digest digest, String statement) {
        database.sql(statement);
        database.sql("""
                insert into registry.deleted (repository_id, kind, name, digest)
                select id, '%s', %s, '%s' from registry.repository where name = 'mine'""".formatted(kind, tag == null ? "null" : "'" + tag + "'", digest));
    }

    @Test
    void aTagThatOnlyImportsTouchedFollowsTheTree() {
        Digest first = tree.image("follows", "first");
        tree.tag("follows", "latest", first, JANUARY);
        run(false);
        Digest second = tree.image("follows", "second");
        tree.tag("follows", "latest", second, FEBRUARY);

        run(false);

        assertThat(tags("follows")).containsExactly("latest|" + second);
        assertThat(database.sql("select digest, until is null from audit.tag_history order by since"))
                .containsExactly(first + "|f", second + "|t");
    }

    @Test
    void aBlobThatWasPushedHereKeepsItsKeyAndStandsInForBytesThatTheTreeHasLost() {
        Digest image = tree.image("pushed", "image");
        tree.tag("pushed", "v1", image, JANUARY);
        Digest layer = Digest.of(DigestAlgorithm.SHA256, "layer image".getBytes(UTF_8));
        SampleTree.delete(tree.data(layer));
        String key = "docker/registry/v2/blobs/sha256/" + layer.encoded().substring(0, 2) + "/" + layer.encoded()
                + "/6b1b36cb-9a0d-4e3e-8b0c-1f0f6c1f1a11";
        database.sql(
                "insert into registry.blob (digest, size, storage_key) values ('%s', 11, '%s')".formatted(layer, key));

        assertThat(run(false).broken()).isZero();

        assertThat(tags("pushed")).containsExactly("v1|" + image);
        assertThat(database.sql("select storage_key from registry.blob where digest = '" + layer + "'"))
                .containsExactly(key);
    }

    @Test
    void bytesOfTheTreeAreKeptWhileAPassIsUnfinished() {
        tree.image("kept", "image");
        run(false);
        database.sql("delete from registry.manifest");
        database.sql("delete from registry.repository_blob");
        database.sql("insert into registry.adoption (verifies) values (false)");

        assertThatThrownBy(() -> database.sql("delete from registry.blob"))
                .hasMessageContaining("until all of it is indexed");

        database.sql("update registry.adoption set finished_at = now()");
        database.sql("delete from registry.blob");
        assertThat(database.sql("select count(*) from registry.blob")).containsExactly("0");
    }

    @Test
    void aRootWithoutATreeIsRefused() {
        assertThatThrownBy(() -> run(false))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("there is no tree of a docker/distribution in " + tree.root());
        assertThat(database.sql("select count(*) from registry.adoption")).containsExactly("0");
    }
}
