package com.laincloud.registry.migration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.integrity.StorageIdentity;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.storage.AllKeys;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriver.Note;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.filesystem.FilesystemDriver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TemporaryDatabase.Extension.class)
class StorageMigrationTest {

    private final TemporaryDatabase database;
    private final Path root;
    private final StorageDriver source;
    private final StorageDriver target;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    StorageMigrationTest(TemporaryDatabase database, @TempDir Path directory) {
        this.database = database;
        this.root = directory.resolve("source");
        this.source = new FilesystemDriver(root, 0, Clock.systemUTC());
        this.target = new FilesystemDriver(directory.resolve("target"), 0, Clock.systemUTC());
    }

    private StorageMigration migration(JobRun run) {
        return new StorageMigration(database.connections(), source, target, lines::add, run);
    }

    private boolean run(boolean finishes) {
        return migration(new UnhurriedRun()).run(false, finishes);
    }

    private void require(StorageDriver storage) {
        new StorageIdentity(database.connections(), storage).require();
    }

    /** A blob with its bytes and its row. */
    private Digest blob(String content) {
        byte[] bytes = content.getBytes(UTF_8);
        Digest digest = Digest.of(DigestAlgorithm.SHA256, bytes);
        UUID upload = UUID.randomUUID();
        Segment segment = new Segment("1", 0);
        try (SegmentWriter writer = source.append(upload, segment)) {
            writer.write(bytes, 0, bytes.length);
        }
        StorageKey key = source.commit(upload, List.of(segment.longerBy(bytes.length)), digest);
        database.sql("insert into registry.blob (digest, size, storage_key) values ('%s', %d, '%s')"
                .formatted(digest, bytes.length, key));
        return digest;
    }

    private String key(Digest digest) {
        return database.sql("select storage_key from registry.blob where digest = '" + digest + "'")
                .getFirst();
    }

    private void assertIn(StorageDriver driver, Digest digest, String content) throws IOException {
        try (InputStream in =
                driver.content(new StorageKey(key(digest)), content.length()).open(0)) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(content);
        }
    }

    @Test
    void blobsAreCopiedWhileTheRegistryServesAndTakenOverAllAtOnce() throws IOException {
        Digest one = blob("one");
        Digest none = blob("");
        Digest collected = blob("collected");
        source.write(Note.AUDIT_HEADS, "a head");
        String before = key(one);

        assertThat(run(false)).isTrue();
        assertThat(key(one)).isEqualTo(before);
        assertThat(AllKeys.of(target)).hasSize(3);
        assertIn(source, one, "one");

        Digest later = blob("later");
        database.sql("delete from registry.blob where digest = '" + collected + "'");
        database.sql("insert into registry.purge (storage_key, size) values ('docker/of/the/former', 1)");
        database.sql("insert into registry.repository (name) values ('some')");
        database.sql(
                "insert into registry.upload (id, repository_id) select gen_random_uuid(), id from registry.repository");

        assertThat(run(true)).isTrue();

        assertIn(target, one, "one");
        assertIn(target, none, "");
        assertIn(target, later, "later");
        assertThat(AllKeys.of(target)).hasSize(4);
        assertThat(database.sql("select count(*) from registry.purge")).containsExactly("1");
        assertThat(target.size(new StorageKey(
                        database.sql("select storage_key from registry.purge").getFirst())))
                .hasValue("collected".length());
        assertThat(target.note(Note.AUDIT_HEADS)).contains("a head");
        assertThat(AllKeys.of(source)).hasSize(4);
        new StorageIdentity(database.connections(), target).requireOwn();
        assertThatThrownBy(() -> require(source)).hasMessageContaining("all blobs were moved to another storage");
        assertThatThrownBy(() -> run(true)).hasMessageContaining("all blobs were moved to another storage");
    }

    @Test
    void whatIsStoppedOrKilledGoesOnWithTheRest() {
        List<Digest> blobs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            blobs.add(blob("blob " + i));
        }
        AtomicInteger asked = new AtomicInteger();
        JobRun stopped = new JobRun() {
            @Override
            public boolean isOver() {
                return asked.incrementAndGet() > 10;
            }

            @Override
            public void tell(String progress) {}
        };
        assertThatThrownBy(() -> migration(stopped).run(false, false)).isInstanceOf(CancellationException.class);
        assertThat(AllKeys.of(target)).hasSizeBetween(1, 10);

        assertThat(run(true)).isTrue();

        assertThat(AllKeys.of(target)).hasSize(40);
        assertThat(blobs)
                .allSatisfy(digest ->
                        assertThat(target.size(new StorageKey(key(digest)))).isPresent());
    }

    @Test
    void aBlobWhoseBytesAreLostOrWrongIsLeftAloneAndNotedAsLost() throws IOException {
        Digest good = blob("good");
        Digest lost = blob("lost");
        Digest wrong = blob("wrong");
        source.delete(Set.of(new StorageKey(key(lost))));
        Files.writeString(root.resolve(key(wrong)), "wrung");
        String before = key(wrong);

        assertThat(run(true)).isFalse();

        assertIn(target, good, "good");
        assertThat(AllKeys.of(target)).hasSize(1);
        assertThat(key(wrong)).isEqualTo(before);
        assertThat(lines).filteredOn(line -> line.startsWith("left alone")).hasSize(2);
        assertThat(database.sql("select thing from registry.integrity where fault = 'lost-bytes'"))
                .containsExactlyInAnyOrder(lost.toString(), wrong.toString());
    }

    @Test
    void aCopyThatWasDeletedSinceIsMadeAgain() throws IOException {
        Digest one = blob("one");
        run(false);
        target.delete(AllKeys.of(target));

        assertThat(run(true)).isTrue();
        assertIn(target, one, "one");
    }

    @Test
    void nothingIsTakenOverWhileARegistryRunsOrATreeIsBeingIndexed() {
        Digest one = blob("one");
        String before = key(one);
        database.sql(
                "insert into registry.instance (id, server, version, settings) values (gen_random_uuid(), 'here', '1', '{}')");
        assertThatThrownBy(() -> run(true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must be stopped: here");
        database.sql("delete from registry.instance");
        database.sql("insert into registry.adoption (verifies) values (false)");
        assertThatThrownBy(() -> run(true)).hasMessageContaining("not indexed to its end");
        assertThat(key(one)).isEqualTo(before);
    }

    @Test
    void aStorageThatIsInUseIsNotMovedTo() {
        blob("one");
        target.write(Note.IDENTITY, UUID.randomUUID() + "\n");
        assertThatThrownBy(() -> run(false)).hasMessageContaining("that of a registry already");
        assertThatThrownBy(() -> new StorageMigration(
                                database.connections(), source, source, lines::add, new UnhurriedRun())
                        .run(false, false))
                .hasMessageContaining("that of a registry already");
    }

    @Test
    void aStorageThatIsNotMountedTakesNoBlobsOfAMoveThatHasBegun(@TempDir Path bare) throws IOException {
        Digest one = blob("one");
        run(false);
        StorageDriver unmounted = new FilesystemDriver(bare, 0, Clock.systemUTC());
        StorageMigration there =
                new StorageMigration(database.connections(), source, unmounted, lines::add, new UnhurriedRun());

        assertThatThrownBy(() -> there.run(false, true)).hasMessageContaining("is its disk mounted?");
        assertThat(AllKeys.of(unmounted)).isEmpty();

        assertThat(there.run(true, true)).isTrue();
        assertIn(unmounted, one, "one");
    }

    @Test
    void aStorageThatABlobMovesToIsNotTakenBefore() {
        blob("one");
        run(false);

        assertThatThrownBy(() -> require(target)).hasMessageContaining("the move to this storage has not ended");
        assertThatThrownBy(() -> new StorageIdentity(database.connections(), target).claim())
                .hasMessageContaining("the move to this storage has not ended");
        require(source);
    }

    @Test
    void aMoveThatWasGivenUpMeanwhileChangesNothing(@TempDir Path other) {
        Digest one = blob("one");
        String before = key(one);
        StorageMigration next = new StorageMigration(
                database.connections(),
                source,
                new FilesystemDriver(other, 0, Clock.systemUTC()),
                lines::add,
                new UnhurriedRun());
        AtomicInteger asked = new AtomicInteger();
        JobRun overtaken = new JobRun() {
            @Override
            public boolean isOver() {
                if (asked.incrementAndGet() == 2) { // right before the end
                    next.run(true, false);
                }
                return false;
            }

            @Override
            public void tell(String progress) {}
        };

        assertThatThrownBy(() -> migration(overtaken).run(false, true))
                .hasMessageContaining("another move came meanwhile");
        assertThat(key(one)).isEqualTo(before);
        assertThat(next.run(false, true)).isTrue();
        assertThat(key(one)).isNotEqualTo(before);
    }

    @Test
    void aBlobThatCannotBeReadIsPassedByAndTheMoveDoesNotEnd() throws IOException {
        Digest one = blob("one");
        Digest unreadable = blob("unreadable");
        Path file = root.resolve(key(unreadable));
        Files.delete(file);
        Files.createDirectory(file);

        assertThat(run(false)).isFalse();
        assertThat(AllKeys.of(target)).hasSize(1);
        assertThat(lines).anyMatch(line -> line.contains("the bytes of " + unreadable + " cannot be read"));
        assertThatThrownBy(() -> run(true)).hasMessageContaining("--finish: 1 blobs cannot be read");

        Files.delete(file);
        Files.writeString(file, "unreadable");
        assertThat(run(true)).isTrue();
        assertIn(target, one, "one");
        assertIn(target, unreadable, "unreadable");
    }
}
