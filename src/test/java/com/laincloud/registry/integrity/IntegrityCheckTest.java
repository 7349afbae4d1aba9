package com.laincloud.registry.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.collection.Collector;
import com.laincloud.registry.collection.Windows;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.index.IntegrityRows;
import com.laincloud.registry.index.MissedReview;
import com.laincloud.registry.index.MissedReview.Reviewed;
import com.laincloud.registry.integrity.IntegrityCheck.Repair;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriver.Note;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.filesystem.FilesystemDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TemporaryDatabase.Extension.class)
class IntegrityCheckTest {

    private static final Windows NONE =
            new Windows(Optional.of(Duration.ZERO), Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final TemporaryDatabase database;
    private final Path root;
    private final StorageDriver storage;
    private final List<String> told = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();

    IntegrityCheckTest(TemporaryDatabase database, @TempDir Path root) {
        this.database = database;
        this.root = root;
        this.storage = new FilesystemDriver(root, 0, Clock.systemUTC());
        database.sql("insert into repository (name) values ('a')");
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private Faults check(boolean repairs) {
        return check(repairs ? Repair.EVERYTHING : Repair.NOTHING);
    }

    private Faults check(Repair repair) {
        told.clear();
        new StorageIdentity(database.connections(), storage).require();
        return new IntegrityCheck(database.connections(), storage, repair, told::add, new UnhurriedRun()).run();
    }

    private String collect() {
        return new Collector(database.connections(), storage, NONE, false, new UnhurriedRun())
                .run()
                .toString();
    }

    private List<String> noted() {
        return database.sql("select fault, thing, size from audit.integrity order by 1, 2");
    }

    /** A blob that repository a shows, with its bytes. */
    private StorageKey blob(String content) {
        StorageKey key = Sample.of(content).store(storage);
        database.sql("""
                with new as (insert into blob (digest, size, storage_key) values ('%s', %d, '%s') returning id)
                insert into repository_blob (repository_id, blob_id)
                select r.id, new.id from repository r, new""".formatted(Sample.of(content).digest(), content.length(), key.path()));
        return key;
    }

    @Test
    void whereIndexAndStorageAgreeNothingIsFound() {
        blob("one");

        assertThat(check(false).isEmpty()).isTrue();
        assertThat(told).isEmpty();
        assertThat(noted()).isEmpty();
    }

    @Test
    void aBlobIsFoundWhoseBytesAreGoneOrTooFewUntilTheyAreThereAgain() throws IOException {
        StorageKey gone = blob("gone");
        StorageKey few = blob("few");
        blob("whole");
        byte[] before = Files.readAllBytes(root.resolve(few.path()));
        storage.delete(Set.of(gone));
        Files.writeString(root.resolve(few.path()), "f");

        assertThat(check(true)).isEqualTo(new Faults(0, 2, 0, 0));
        assertThat(told).hasSize(2).anySatisfy(line -> assertThat(line).contains(gone.path(), "lost"));
        assertThat(noted())
                .containsExactlyInAnyOrder(
                        "lost-bytes|" + gone.digest().orElseThrow() + "|4",
                        "lost-bytes|" + few.digest().orElseThrow() + "|3");

        Files.write(root.resolve(few.path()), before);
        assertThat(check(false).lost()).isOne();
        assertThat(noted()).containsExactly("lost-bytes|" + gone.digest().orElseThrow() + "|4");
    }

    @Test
    void aBlobKnowsSinceWhenItsBytesAreLost() throws IOException {
        StorageKey gone = blob("gone");
        blob("whole");
        storage.delete(Set.of(gone));

        check(false);
        List<String> first = database.sql("select lost_at from registry.blob where lost_at is not null");
        assertThat(first).hasSize(1);
        check(false);
        assertThat(database.sql("select lost_at from registry.blob where lost_at is not null"))
                .isEqualTo(first);

        Path file = root.resolve(gone.path());
        Files.writeString(Files.createDirectories(file.getParent()).resolve(file.getFileName()), "gone");
        assertThat(check(false).lost()).isZero();
        assertThat(database.sql("select lost_at from registry.blob where lost_at is not null"))
                .isEmpty();
    }

    @Test
    void aCheckThatWasCutOffIsGoneOnWithWhereItHadComeToUnlessThatIsADayAgo() {
        Set<StorageKey> keys = Set.of(blob("one"), blob("two"));
        String first = database.sql("select min(id) from registry.blob").getFirst();
        check(false);
        storage.delete(keys);

        assertThat(goOn("since " + moment("0") + ", blob " + first).lost()).isOne();
        assertThat(goOn("since " + moment("1 day") + ", blob " + first).lost()).isEqualTo(2);
        assertThat(goOn("what another version wrote").lost()).isEqualTo(2);
        assertThat(kept).last().asString().startsWith("since ").endsWith(", blob " + (Long.parseLong(first) + 1));
    }

    private String moment(String ago) {
        return database.sql("select (now() - interval '" + ago + "')::text").getFirst();
    }

    private Faults goOn(String cursor) {
        JobRun run = new JobRun() {
            @Override
            public boolean isOver() {
                return false;
            }

            @Override
            public void tell(String progress) {}

            @Override
            public Optional<String> cursor() {
                return Optional.of(cursor);
            }

            @Override
            public void keep(String place) {
                kept.add(place);
            }
        };
        return new IntegrityCheck(database.connections(), storage, Repair.NOTHING, told::add, run).goOn();
    }

    @Test
    void aDiskThatIsUnmountedDuringACheckHasLostNothing() throws IOException {
        StorageKey gone = blob("gone");
        check(false);
        Files.delete(root.resolve("registry-identity"));
        storage.delete(Set.of(gone));

        IntegrityCheck check =
                new IntegrityCheck(database.connections(), storage, Repair.NOTHING, told::add, new UnhurriedRun());
        assertThatThrownBy(check::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is its disk mounted?");
        assertThat(noted()).isEmpty();
        assertThat(database.sql("select lost_at from registry.blob where lost_at is not null"))
                .isEmpty();
    }

    @Test
    void bytesThatNoRowKnowsAreFoundAndDeletedOnlyWhereThatIsAskedFor() {
        StorageKey unknown = Sample.of("unknown").store(storage);

        assertThat(check(false)).isEqualTo(new Faults(0, 0, 1, 0));
        assertThat(noted()).containsExactly("unknown-bytes|" + unknown.path() + "|7");
        collect();
        assertThat(storage.size(unknown)).isPresent();

        StorageKey known = blob("known");
        assertThat(check(true)).isEqualTo(new Faults(0, 0, 0, 1));
        assertThat(noted()).isEmpty();
        assertThat(storage.size(unknown)).isPresent();
        collect();
        assertThat(storage.size(unknown)).isEmpty();
        assertThat(storage.size(known)).isEmpty(); // nothing refers to it
        assertThat(check(false).unknown()).isZero();
    }

    @Test
    void whatAnUploadMayStillCommitAndWhatIsPurgedIsKnown() {
        StorageKey committing = Sample.of("committing").store(storage);
        StorageKey purged = Sample.of("purged").store(storage);
        database.sql("insert into upload (id, repository_id) select '%s', id from repository"
                .formatted(committing.upload().orElseThrow()));
        database.sql("insert into purge (storage_key, size) values ('%s', 6)".formatted(purged.path()));

        assertThat(check(true).isEmpty()).isTrue();
    }

    @Test
    void bytesWhoseDigestIsNotToldGoOnlyWhileNoBlobLacksItsOwn() throws SQLException {
        Map<StorageKey, Long> unknown = Map.of(StorageKey.object(UUID.randomUUID(), "0"), 7L);
        blob("whole");
        storage.delete(Set.of(blob("gone")));
        check(false);

        try (Connection connection = database.connections().getConnection()) {
            IntegrityRows rows = new IntegrityRows(connection);
            assertThat(rows.unknown(unknown)).containsExactlyElementsOf(unknown.keySet());
            assertThat(rows.purge(unknown, 0)).isEmpty();
            database.sql("delete from integrity");
            assertThat(rows.purge(unknown, 0)).containsExactlyElementsOf(unknown.keySet());
        }
    }

    /** A run that is over when it has come to the first place behind one of these words, and what it reached. */
    private static final class CutRun implements JobRun {

        private final String word;
        private Optional<String> place;

        CutRun(String word, Optional<String> place) {
            this.word = word;
            this.place = place;
        }

        @Override
        public boolean isOver() {
            return !word.isEmpty()
                    && place.filter(reached -> reached.contains(word)).isPresent();
        }

        @Override
        public void tell(String progress) {}

        @Override
        public Optional<String> cursor() {
            return place;
        }

        @Override
        public void keep(String reached) {
            place = Optional.of(reached);
        }
    }

    @Test
    void aCheckThatWasCutOffGoesOnWhereItWasAndForgetsWhatItDidNotFindAgain() {
        StorageKey gone = blob("gone");
        StorageKey unknown = Sample.of("unknown").store(storage);
        check(false);
        database.sql(
                "insert into integrity (fault, thing, size) values ('lost-bytes', 'old', 1), ('unknown-bytes', 'old', 1)");
        database.sql("update integrity set seen_at = now() - interval '1 day'");
        storage.delete(Set.of(gone));
        told.clear();

        CutRun cut = new CutRun("blob ", Optional.empty());
        assertThatThrownBy(() -> goOn(cut)).isInstanceOf(CancellationException.class);
        assertThat(told).hasSize(1).allMatch(line -> line.contains("lost"));
        assertThat(noted()).contains("lost-bytes|old|1", "unknown-bytes|old|1");
        told.clear();
        CutRun cutAgain = new CutRun("docker/", cut.cursor());
        assertThatThrownBy(() -> goOn(cutAgain)).isInstanceOf(CancellationException.class);
        assertThat(told).hasSize(1).allMatch(line -> line.contains("no row knows"));
        told.clear();

        assertThat(goOn(new CutRun("", cutAgain.cursor())).isEmpty())
                .as("nothing was left to be looked at")
                .isTrue();
        assertThat(noted())
                .containsExactly(
                        "lost-bytes|" + gone.digest().orElseThrow() + "|4", "unknown-bytes|" + unknown.path() + "|7");
        assertThat(goOn(new CutRun("", Optional.of("no place of a check")))).isEqualTo(new Faults(0, 1, 1, 0));
    }

    private Faults goOn(JobRun run) {
        return new IntegrityCheck(database.connections(), storage, Repair.NOTHING, told::add, run).goOn();
    }

    @Test
    void whatDockerDistributionWroteIsNeverUnknownForItsManifestsLieThereToo() throws IOException {
        StorageKey inTree = StorageKey.inTree(Sample.of("tree").digest());
        Files.createDirectories(root.resolve(inTree.path()).getParent());
        Files.writeString(root.resolve(inTree.path()), "tree");
        database.sql("insert into adoption (verifies, finished_at) values (false, now())");

        assertThat(check(true).isEmpty()).isTrue();
    }

    @Test
    void bytesThatCameAfterTheDumpStayForAWeekHoweverItWasRestored() {
        Sample.of("came later").store(storage);

        assertThat(check(Repair.FOUND_A_WEEK_BEFORE)).isEqualTo(new Faults(0, 0, 1, 0));
        database.sql("update integrity set found_at = now() - interval '6 days'");
        assertThat(check(Repair.FOUND_A_WEEK_BEFORE)).isEqualTo(new Faults(0, 0, 1, 0));
        database.sql("update integrity set found_at = now() - interval '8 days'");
        assertThat(check(Repair.FOUND_A_WEEK_BEFORE)).isEqualTo(new Faults(0, 0, 0, 1));
    }

    @Test
    void aDatabaseThatWasRestoredIntoAnotherClusterUsesTheStorageAndDeletesNothingUntilItClaimsIt() {
        StorageKey key = blob("of both");
        check(false);
        StorageIdentity identity = new StorageIdentity(database.connections(), storage);
        String before = storage.note(Note.IDENTITY).orElseThrow();
        assertThat(identity.warning()).isEmpty();

        database.sql("update storage_identity set system_identifier = 1"); // as of where the dump is from
        identity.require();
        assertThat(identity.warning())
                .hasValueSatisfying(line -> assertThat(line).contains("check --claim"));
        assertThatThrownBy(identity::requireOwn).hasMessageContaining("restored into another cluster");
        assertThatThrownBy(this::collect).hasMessageContaining("restored into another cluster");
        assertThat(storage.size(key)).isPresent();

        identity.claim();
        identity.requireOwn();
        assertThat(storage.note(Note.IDENTITY))
                .as("the one it is from is locked out")
                .isNotEqualTo(Optional.of(before));
        collect();
        assertThat(storage.size(key)).isEmpty();
    }

    @Test
    void eachPageOfWhatCollectionWouldHaveMissedIsLookedAt() {
        database.sql("""
                insert into blob (digest, size, storage_key)
                select 'sha256:' || encode(sha256(n::text::bytea), 'hex'), 1,
                       'docker/registry/v2/blobs/sha256/ab/' || n
                from generate_series(1, 2500) n""");
        database.sql(
                "insert into repository_blob (repository_id, blob_id) select r.id, b.id from repository r, blob b");
        database.sql("""
                insert into manifest (repository_id, digest, media_type, payload)
                select r.id, 'sha256:' || encode(sha256(('m' || n)::bytea), 'hex'), 'a/b', 'x'
                from repository r, generate_series(1, 2500) n""");
        database.sql("delete from link_review");
        database.sql("delete from manifest_review");

        assertThat(reviewed()).containsExactly(2500L, 2500L, 0L);
        assertThat(reviewed()).containsExactly(0L, 0L, 0L);
        database.sql("delete from repository_blob");
        database.sql("delete from blob_review");
        assertThat(reviewed()).containsExactly(0L, 0L, 2500L);
    }

    private List<Long> reviewed() {
        List<Long> reviewed = new ArrayList<>();
        for (MissedReview things : MissedReview.values()) {
            long missed = 0;
            Optional<List<Long>> place = Optional.of(things.beginning());
            while (place.isPresent()) {
                try (Connection connection = database.connections().getConnection()) {
                    Reviewed page = things.review(connection, place.get());
                    missed += page.missed().size();
                    place = page.next();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
            reviewed.add(missed);
        }
        return reviewed;
    }

    @Test
    void whatCollectionWouldHaveMissedIsFoundAndCollected() {
        StorageKey key = blob("missed");
        database.sql("""
                insert into manifest (repository_id, digest, media_type, payload)
                select id, 'sha256:%s', 'a/b', 'x' from repository""".formatted("0".repeat(64)));
        database.sql("delete from link_review");

        assertThat(check(false)).isEqualTo(new Faults(2, 0, 0, 0));
        assertThat(noted())
                .containsExactly(
                        "not-reviewed|link a@" + key.digest().orElseThrow() + "|6",
                        "not-reviewed|manifest a@sha256:" + "0".repeat(64) + "|1");
        assertThat(check(false).isEmpty()).isTrue();
        assertThat(noted()).isEmpty();

        assertThat(collect()).startsWith("1 manifests, 1 links to blobs, 1 blobs");
        blob("again");
        database.sql("delete from repository_blob");
        database.sql("delete from blob_review");
        assertThat(check(false)).isEqualTo(new Faults(1, 0, 0, 0));
    }

    @Test
    void bytesThatCannotBeDeletedTenTimesAreAFaultUntilTheyCan() throws IOException {
        StorageKey key = Sample.of("stuck").store(storage);
        Path directory = root.resolve(key.path());
        Files.delete(directory);
        Files.createDirectory(directory);
        Files.createFile(directory.resolve("in the way"));
        database.sql("insert into purge (storage_key, size, attempts) values ('%s', 5, 8)".formatted(key.path()));

        collect();
        assertThat(noted()).isEmpty();
        database.sql("update purge set not_before = now()");
        collect();
        assertThat(noted()).containsExactly("undeletable-bytes|" + key.path() + "|5");

        Files.delete(directory.resolve("in the way"));
        database.sql("update purge set not_before = now()");
        collect();
        assertThat(noted()).isEmpty();
    }

    @Test
    void bytesThatMayReplaceLostOnesOfTheSameDigestStay() {
        StorageKey lost = blob("twice");
        StorageKey good = Sample.of("twice").store(storage);
        storage.delete(Set.of(lost));
        blob("whole");

        assertThat(check(true)).isEqualTo(new Faults(0, 1, 1, 0));
        assertThat(storage.size(good)).isPresent();

        database.sql("update blob set storage_key = '%s' where storage_key = '%s'".formatted(good.path(), lost.path()));
        assertThat(check(true).isEmpty()).isTrue();
    }

    @Test
    void aDirectoryWithoutANumberIsTakenOnlyIfItHoldsBlobsOfTheIndexOrThereAreNone(@TempDir Path empty) {
        StorageIdentity first = new StorageIdentity(database.connections(), storage);
        blob("of an installation of before");
        try (StorageDriver unmounted = new FilesystemDriver(empty, 0, Clock.systemUTC())) {
            StorageIdentity wrong = new StorageIdentity(database.connections(), unmounted);
            assertThatThrownBy(wrong::require).hasMessageContaining("is its disk mounted?");
        }

        first.require();

        assertThat(storage.note(Note.IDENTITY)).isPresent();
        assertThat(empty.resolve("registry-identity")).doesNotExist();
    }

    @Test
    void nothingIsCollectedOrRepairedInAStorageThatIsAnothersOrNotMounted(@TempDir Path empty) {
        StorageKey key = blob("ours");
        check(false);
        try (StorageDriver unmounted = new FilesystemDriver(empty, 0, Clock.systemUTC())) {
            StorageIdentity identity = new StorageIdentity(database.connections(), unmounted);
            assertThatThrownBy(identity::require).hasMessageContaining("is its disk mounted?");

            unmounted.write(Note.IDENTITY, "no number\n");
            assertThatThrownBy(identity::require).hasMessageContaining("does not hold the number of a registry");

            unmounted.write(Note.IDENTITY, UUID.randomUUID() + "\n");
            assertThatThrownBy(identity::require).hasMessageContaining("the storage is the one of another database");
            Collector collector = new Collector(database.connections(), unmounted, NONE, false, new UnhurriedRun());
            assertThatThrownBy(collector::run).isInstanceOf(IllegalStateException.class);
            assertThat(database.sql("select count(*) from blob")).containsExactly("1");

            identity.claim();
            identity.require();
        }
        assertThat(storage.size(key)).isPresent();
    }
}
