package com.laincloud.registry.collection;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.config.Retention;
import com.laincloud.registry.config.Retention.Age;
import com.laincloud.registry.config.Retention.Order;
import com.laincloud.registry.config.Retention.Rule;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.index.Garbage;
import com.laincloud.registry.integrity.StorageIdentity;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.AllKeys;
import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.filesystem.FilesystemDriver;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a collection removes, and what it leaves. */
@ExtendWith(TemporaryDatabase.Extension.class)
class CollectorTest {

    private static final Windows DAY =
            new Windows(Optional.empty(), Duration.ZERO, Duration.ofHours(24), Duration.ofHours(24));

    private static final Retention NO_RULES = new Retention(Optional.empty(), Optional.empty(), List.of());

    private final TemporaryDatabase database;
    private final StorageDriver storage;
    private final Set<String> names = new HashSet<>();

    CollectorTest(TemporaryDatabase database, @TempDir Path root) {
        this.database = database;
        this.storage = new FilesystemDriver(root, 0, Clock.systemUTC());
        new StorageIdentity(database.connections(), storage).claim();
        database.sql("insert into repository (name) values ('a'), ('b')");
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private static Digest digest(String content) {
        return Sample.of(content).digest();
    }

    /** Rows in which the digests of manifests are their names. */
    private List<String> named(List<String> rows) {
        return rows.stream()
                .map(row -> names.stream()
                        .reduce(row, (text, name) -> text.replace(digest(name).toString(), name)))
                .sorted()
                .toList();
    }

    /** A blob with bytes, shown by repositories. */
    private String blob(String content, String... repositories) {
        Digest digest = digest(content);
        StorageKey key = Sample.of(content).store(storage);
        database.sql("insert into blob (digest, size, storage_key) values ('%s', %d, '%s')"
                .formatted(digest, content.length(), key.path()));
        for (String repository : repositories) {
            database.sql("""
                    insert into repository_blob (repository_id, blob_id)
                    select r.id, b.id from repository r, blob b where r.name = '%s' and b.digest = '%s'""".formatted(repository, digest));
        }
        return digest.toString();
    }

    /** A manifest that refers to blobs, put by its digest. */
    private void manifest(String repository, String name, String... blobs) {
        names.add(name);
        database.sql("""
                with new as (
                    insert into manifest (repository_id, digest, media_type, payload)
                    select id, '%s', 'a/b', 'x' from repository where name = '%s' returning id)
                insert into manifest_review (manifest_id) select id from new""".formatted(digest(name), repository));
        for (String blob : blobs) {
            database.sql("""
                    insert into manifest_blob (manifest_id, repository_id, blob_id)
                    select m.id, m.repository_id, b.id from manifest m, blob b
                    where m.digest = '%s' and b.digest = '%s'""".formatted(digest(name), blob));
        }
    }

    private void tag(String name, String manifest) {
        database.sql("""
                insert into tag (repository_id, name, manifest_id)
                select repository_id, '%s', id from manifest where digest = '%s'
                on conflict (repository_id, name) do update set manifest_id = excluded.manifest_id""".formatted(name, digest(manifest)));
    }

    private void index(String parent, String child) {
        database.sql("""
                insert into manifest_reference (parent_id, child_id)
                select p.id, c.id from manifest p, manifest c where p.digest = '%s' and c.digest = '%s'""".formatted(digest(parent), digest(child)));
    }

    /** Two days go by. */
    private void wait2Days() {
        for (String queue : List.of("manifest_review", "link_review", "blob_review")) {
            database.sql("update " + queue + " set since = since - interval '2 days'");
        }
    }

    private Collected collect(Windows windows) {
        return new Collector(database.connections(), storage, windows, false, new UnhurriedRun()).run();
    }

    private List<String> manifests() {
        return named(database.sql("select digest from manifest"));
    }

    private List<String> links() {
        return database.sql("""
                select r.name, b.digest from repository_blob l
                join repository r on r.id = l.repository_id join blob b on b.id = l.blob_id order by 1, 2""");
    }

    @Test
    void whatATagNamedStaysForItsHistoryAndWhatWasNeverNamedDoesNot() {
        manifest("a", "named");
        manifest("a", "never named");
        manifest("a", "next");
        tag("latest", "named");
        tag("latest", "next");
        wait2Days();
        database.sql("insert into manifest_review (manifest_id) select id from manifest"); // as one who asks does
        database.sql("update manifest_review set since = since - interval '1 day' where not of_tag");
        Windows history =
                new Windows(Optional.of(Duration.ofHours(1)), Duration.ofDays(3), Duration.ZERO, Duration.ZERO);

        assertThat(collect(history).manifests()).isEqualTo(1);
        assertThat(manifests()).containsExactly("named", "next");

        wait2Days();
        assertThat(collect(history).manifests()).isEqualTo(1);
        assertThat(manifests()).containsExactly("next");
    }

    @Test
    void whatCanBeRestoredNoLongerIsForgottenUnlessAnAdoptedTreeWouldBringItBack() {
        manifest("a", "gone");
        Windows now = new Windows(Optional.of(Duration.ZERO), Duration.ZERO, Duration.ZERO, Duration.ofHours(1));
        collect(now);
        assertThat(database.sql("select kind, payload from deleted")).containsExactly("manifest|\\x78");
        RestoreExpiry expiry = new RestoreExpiry(database.connections(), () -> NO_RULES);
        assertThat(expiry.run(new UnhurriedRun())).isEqualTo("0 things can be restored no longer");

        database.sql("insert into adoption (verifies, finished_at) values (false, now())");
        database.sql("update deleted set restorable_until = now()");
        assertThat(expiry.run(new UnhurriedRun())).isEqualTo("1 things can be restored no longer");
        assertThat(database.sql("select kind, payload from deleted")).containsExactly("manifest|null");

        database.sql("delete from adoption");
        database.sql("update deleted set restorable_until = now()");
        assertThat(expiry.run(new UnhurriedRun())).isEqualTo("1 things can be restored no longer");
        assertThat(database.sql("select kind from deleted")).isEmpty();
    }

    @Test
    void whatABurnedTagNamedIsNeverForgotten() {
        database.sql("""
                insert into deleted (repository_id, kind, name, digest, restorable_until)
                select id, 'tag', t, 'd', now() from repository, unnest(array['v1', 'w1']) t""");
        Rule rule = new Rule(
                List.of("a"),
                List.of(),
                0,
                Order.NATURAL,
                Optional.empty(),
                Age.CREATED,
                Optional.empty(),
                List.of(),
                List.of("v*"),
                true);

        new RestoreExpiry(
                        database.connections(), () -> new Retention(Optional.empty(), Optional.empty(), List.of(rule)))
                .run(new UnhurriedRun());

        assertThat(database.sql("""
                select r.name, d.name, d.restorable_until from deleted d join repository r on r.id = d.repository_id""")).containsExactly("a|v1|null");
    }

    private long files() {
        return AllKeys.of(storage).size();
    }

    @Test
    void aBlobThatNoManifestRefersToGoesWithItsBytesWhenItsWindowIsOver() {
        String used = blob("used", "a");
        blob("unused", "a");
        manifest("a", "m", used);

        assertThat(collect(DAY)).isEqualTo(Collected.NOTHING);
        assertThat(files()).isEqualTo(2);

        wait2Days();
        assertThat(collect(DAY)).isEqualTo(new Collected(0, 1, 1, "unused".length(), 1, 0));
        assertThat(links()).containsExactly("a|" + used);
        assertThat(database.sql("select digest from blob")).containsExactly(used);
        assertThat(files()).isEqualTo(1);
        assertThat(database.sql("select from purge")).isEmpty();
        assertThat(database.sql("select from link_review")).isEmpty();
    }

    @Test
    void aBlobIsReviewedByRepositoryAndItsBytesStayWhileAnotherShowsIt() {
        String shared = blob("shared", "a", "b");
        manifest("b", "m", shared);
        wait2Days();

        assertThat(collect(DAY).links()).isEqualTo(1);

        assertThat(links()).containsExactly("b|" + shared);
        assertThat(files()).isEqualTo(1);
    }

    @Test
    void aManifestWithoutTagStaysUnlessTheSettingsOrTheCommandLetItGo() {
        String layer = blob("layer", "a");
        manifest("a", "tagged", layer);
        manifest("a", "untagged", layer);
        tag("v1", "tagged");
        wait2Days();

        assertThat(collect(DAY).manifests()).isZero();
        assertThat(collect(DAY.deletingUntagged()).manifests()).isEqualTo(1);

        assertThat(manifests()).containsExactly("tagged");
        assertThat(links()).hasSize(1);
        assertThat(named(database.sql("select repository, digest, media_type, size from audit.collection")))
                .containsExactly("a|untagged|a/b|1");
        assertThat(named(database.sql("select kind, digest from deleted"))).containsExactly("manifest|untagged");
    }

    @Test
    void whatAManifestOpensTheWindowOfGoesLater() {
        manifest("a", "untagged", blob("layer", "a"));
        wait2Days();

        assertThat(collect(DAY.deletingUntagged())).isEqualTo(new Collected(1, 0, 0, 0, 0, 0));
        wait2Days();
        assertThat(collect(DAY)).isEqualTo(new Collected(0, 1, 1, 5, 1, 0));
    }

    @Test
    void theManifestATagHasLeftGoesWithItsChildrenAndWhatIsAttachedToIt() {
        manifest("a", "child");
        manifest("a", "index");
        index("index", "child");
        manifest("a", "signature");
        database.sql("update manifest set subject_digest = '%s' where digest = '%s'"
                .formatted(digest("index"), digest("signature")));
        manifest("a", "next");
        tag("latest", "index");
        wait2Days();
        assertThat(collect(DAY.deletingUntagged()).manifests()).isEqualTo(1); // next, which has no tag yet
        manifest("a", "next");
        assertThat(manifests()).containsExactly("child", "index", "next", "signature");

        tag("latest", "next");
        wait2Days();

        assertThat(collect(DAY.deletingUntagged()).manifests()).isEqualTo(1);
        wait2Days();
        assertThat(collect(DAY.deletingUntagged()).manifests()).isEqualTo(2);
        assertThat(manifests()).containsExactly("next");
    }

    @Test
    void aReferrerKeepsNothingAliveAndOneWithoutSubjectCountsAsUntagged() {
        manifest("a", "subject");
        manifest("a", "referrer");
        database.sql("update manifest set subject_digest = '%s' where digest = '%s'"
                .formatted(digest("subject"), digest("referrer")));
        wait2Days();

        assertThat(collect(new Windows(Optional.of(Duration.ZERO), Duration.ZERO, Duration.ZERO, Duration.ZERO))
                        .manifests())
                .isEqualTo(2);
    }

    @Test
    void withoutWindowsAllThatNothingRefersToGoesAtOnce() throws SQLException {
        String used = blob("used", "a");
        manifest("a", "tagged", used);
        tag("v1", "tagged");
        manifest("a", "untagged", used, blob("unused", "a"));
        blob("pushed just now", "b");

        assertThat(collect(DAY.deletingUntagged().now())).isEqualTo(new Collected(1, 2, 2, 21, 2, 0));

        assertThat(garbage()).isEmpty();
        assertThat(files()).isEqualTo(1);
    }

    @Test
    void aThingThatIsHeldIsPassedByAndStaysInTheQueue() throws SQLException {
        blob("held", "a");
        blob("free", "a");
        wait2Days();
        try (Connection other = database.connections().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from repository_blob l join blob b on b.id = l.blob_id where b.size = 4"
                    + " and b.digest = '" + digest("held") + "' for key share of l");

            assertThat(collect(DAY).links()).isEqualTo(1);
            other.rollback();
        }
        assertThat(collect(DAY).links()).isEqualTo(1);
        assertThat(files()).isZero();
    }

    @Test
    void oneThatIsToldThatABlobIsThereCanRelyOnIt() {
        String blob = blob("promised", "a");
        wait2Days();

        assertThat(database.sql(
                        "select keep_link(l.repository_id, l.blob_id, interval '12 hours') from repository_blob l"))
                .containsExactly("t");

        assertThat(collect(DAY).links()).isZero();
        assertThat(links()).containsExactly("a|" + blob);
        assertThat(database.sql("select keep_link(1, -1, interval '12 hours')")).containsExactly("f");
    }

    @Test
    void oneThatIsToldThatAManifestIsThereCanRelyOnIt() {
        manifest("a", "promised");
        wait2Days();

        assertThat(database.sql("select keep_manifest(id, interval '12 hours') from manifest"))
                .containsExactly("t");

        assertThat(collect(DAY.deletingUntagged()).manifests()).isZero();
        assertThat(database.sql("select keep_manifest(-1, interval '12 hours')"))
                .containsExactly("f");
    }

    @Test
    void bytesThatAKilledRunHasTakenAreDeletedByALaterOneAndThoseThatAreGoneAreNoFault() {
        blob("killed after its row went", "a");
        wait2Days();
        database.sql("insert into purge (storage_key, size) select storage_key, size from blob");
        database.sql("delete from repository_blob");
        database.sql("delete from blob");
        String taken = StorageKey.of(digest("taken"), UUID.randomUUID()).path();
        database.sql("insert into purge (storage_key, size) values ('%s', 1)"
                .formatted(StorageKey.of(digest("gone"), UUID.randomUUID()).path()));
        database.sql("""
                insert into purge (storage_key, size, not_before)
                values ('%s', 1, now() + interval '5 minutes')""".formatted(taken));

        assertThat(collect(DAY)).isEqualTo(new Collected(0, 0, 0, 0, 2, 0));

        assertThat(files()).isZero();
        assertThat(database.sql("select storage_key from purge")).containsExactly(taken);
    }

    @Test
    void bytesOfATreeStayWhileNotAllOfItIsIndexed() {
        blob("of a tree", "a");
        database.sql("update blob set storage_key = regexp_replace(storage_key, '[^/]*$', 'data')");
        database.sql("insert into adoption (verifies) values (false)");
        wait2Days();

        assertThat(collect(DAY)).isEqualTo(new Collected(0, 1, 0, 0, 0, 0));
        assertThat(database.sql("select kind from deleted")).containsExactly("blob");

        database.sql("update adoption set finished_at = now()");
        assertThat(collect(DAY).blobs()).isEqualTo(1);
    }

    @Test
    void whatAnIndexMissesStaysWhenItComes() {
        String late = blob("late", "a");
        manifest("a", "index");
        tag("v1", "index");
        database.sql("""
                insert into missing_reference (manifest_id, repository_id, digest)
                select id, repository_id, d from manifest, unnest('{%s,%s}'::text[]) as d""".formatted(digest("child"), late));
        manifest("a", "child");
        wait2Days();

        assertThat(collect(DAY.deletingUntagged())).isEqualTo(Collected.NOTHING);

        database.sql("delete from tag");
        wait2Days();
        assertThat(collect(DAY.deletingUntagged()).manifests()).isEqualTo(1);
        wait2Days();
        assertThat(collect(DAY.deletingUntagged())).isEqualTo(new Collected(1, 1, 1, 4, 1, 0));
    }

    @Test
    void aLookBeforeACollectionNamesWhatNothingRefersTo() throws SQLException {
        String used = blob("used", "a", "b");
        manifest("a", "tagged", used);
        tag("v1", "tagged");
        String unused = blob("unused", "a");
        manifest("a", "untagged", unused);

        assertThat(garbage()).containsExactlyInAnyOrder("a@untagged", "a@" + unused, "b@" + used, unused);
    }

    private List<String> garbage() throws SQLException {
        try (Connection connection = database.connections().getConnection()) {
            connection.setAutoCommit(false);
            Garbage garbage = new Garbage(connection, true);
            List<String> found = new ArrayList<>();
            garbage.manifests((name, bytes) -> found.add(name));
            garbage.links((name, bytes) -> found.add(name));
            garbage.blobs((name, bytes) -> found.add(name));
            return named(found);
        }
    }
}
