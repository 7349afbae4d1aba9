package com.laincloud.registry.collection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.jobs.UnhurriedRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.filesystem.FilesystemDriver;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** A collection that is killed again and again, by a signal at any moment. The long form: {@code -Dcollection.kills=200}. */
@ExtendWith(TemporaryDatabase.Extension.class)
class CollectorCrashTest {

    private static final int KILLS = Integer.getInteger("collection.kills", 6);
    private static final int LONGEST_LIFE_MILLIS = 250;
    private static final Windows NONE =
            new Windows(Optional.of(Duration.ZERO), Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final TemporaryDatabase database;

    @TempDir
    private Path root;

    CollectorCrashTest(TemporaryDatabase database) {
        this.database = database;
    }

    /** The process that is killed: collects what there is, and says so before it begins. */
    static final class Collection {

        private Collection() {}

        public static void main(String[] words) {
            try (FilesystemDriver storage = new FilesystemDriver(Path.of(words[0]), 0, Clock.systemUTC())) {
                System.out.println("begins");
                new Collector(
                                ConfiguredDataSource.of(words[1], words[2], words[3]),
                                storage,
                                NONE,
                                false,
                                new UnhurriedRun())
                        .run();
            }
        }
    }

    /** Images of two layers each, of which every second has a tag. Their bytes need not be durable. */
    private void push(int round, int images) throws IOException {
        StringBuilder statements = new StringBuilder();
        for (int image = 0; image < images; image++) {
            String name = round + "-" + image;
            String manifest = digest("manifest " + name).toString();
            statements.append("""
                    insert into manifest (repository_id, digest, media_type, payload)
                    select id, '%s', 'a/b', '' from repository;
                    insert into manifest_review (manifest_id) select id from manifest where digest = '%s';
                    """.formatted(manifest, manifest));
            for (int layer = 0; layer < 2; layer++) {
                String content = "layer " + name + "-" + layer;
                StorageKey key = StorageKey.of(digest(content), UUID.randomUUID());
                Files.createDirectories(root.resolve(key.path()).resolve(".."));
                Files.writeString(root.resolve(key.path()), content);
                statements.append("""
                        with new as (
                            insert into blob (digest, size, storage_key) values ('%s', %d, '%s') returning id
                        ), shown as (
                            insert into repository_blob (repository_id, blob_id) select r.id, n.id from repository r, new n
                        )
                        insert into manifest_blob (manifest_id, repository_id, blob_id)
                        select m.id, m.repository_id, n.id from manifest m, new n where m.digest = '%s';
                        """.formatted(digest(content), content.length(), key.path(), manifest));
            }
            if (image % 2 == 0) {
                statements.append("""
                        insert into tag (repository_id, name, manifest_id)
                        select repository_id, 't%s', id from manifest where digest = '%s';
                        """.formatted(name, manifest));
            }
        }
        database.sql(statements.toString());
    }

    private static Digest digest(String content) {
        return Digest.of(DigestAlgorithm.SHA256, content.getBytes(UTF_8));
    }

    private void collectUntilKilled(int lifeMillis) throws IOException, InterruptedException {
        PGSimpleDataSource source = (PGSimpleDataSource) database.connections();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Collection.class.getName(),
                        root.toString(),
                        source.getUrl(),
                        String.valueOf(source.getUser()),
                        String.valueOf(source.getPassword()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            assertThat(lines.readLine()).isEqualTo("begins");
            Thread.sleep(lifeMillis);
        }
        process.destroyForcibly().waitFor();
    }

    @Test
    void killedAnywhereItLosesNothingThatIsReferredToAndALaterRunRemovesTheRest() throws Exception {
        database.sql("insert into repository (name) values ('a')");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int kill = 0; kill < KILLS; kill++) {
            push(kill, 150);
            collectUntilKilled(random.nextInt(LONGEST_LIFE_MILLIS));
            requireBytesOfEveryBlob(seed);
        }
        database.sql("update purge set not_before = now()"); // five minutes go by

        try (FilesystemDriver storage = new FilesystemDriver(root, 0, Clock.systemUTC());
                Stream<StorageKey> keys = storage.keys()) {
            new Collector(database.connections(), storage, NONE, false, new UnhurriedRun()).run();

            assertThat(database.sql("select count(*) from manifest")).containsExactly(String.valueOf(KILLS * 75));
            assertThat(database.sql("select count(*) from blob")).containsExactly(String.valueOf(KILLS * 150));
            assertThat(keys.count()).as("seed %d", seed).isEqualTo(KILLS * 150L);
            assertThat(database.sql("select from purge")).isEmpty();
        }
        requireBytesOfEveryBlob(seed);
    }

    private void requireBytesOfEveryBlob(long seed) {
        List<String> blobs = database.sql("select storage_key from blob");
        assertThat(blobs)
                .as("seed %d", seed)
                .isNotEmpty()
                .allSatisfy(key -> assertThat(root.resolve(key)).exists());
    }
}
