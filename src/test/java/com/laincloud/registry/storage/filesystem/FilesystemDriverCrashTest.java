package com.laincloud.registry.storage.filesystem;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.AllKeys;
import com.laincloud.registry.storage.StorageKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that stores blobs is killed again and again, as no process can prepare for. */
class FilesystemDriverCrashTest {

    private static final int KILLS = 8;
    private static final int LONGEST_LIFE_MILLIS = 400;

    @TempDir
    private Path root;

    @Test
    void whateverIsKilledEveryBlobIsWholeAndEveryAcknowledgedOneIsThere() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<StorageKey, Long> acknowledged = new HashMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged.putAll(storeUntilKilled(kill, random.nextInt(LONGEST_LIFE_MILLIS)));
            List<StorageKey> keys = requireEveryBlobToBeWhole();
            assertThat(keys).as("seed %d, kill %d", seed, kill).containsAll(acknowledged.keySet());
        }
        for (Map.Entry<StorageKey, Long> blob : acknowledged.entrySet()) {
            assertThat(root.resolve(blob.getKey().path())).hasSize(blob.getValue());
        }
        assertThat(acknowledged).hasSizeGreaterThan(KILLS);
        sweep();
    }

    /** The blobs that the process said it had stored. Its last word may be cut off. */
    private Map<StorageKey, Long> storeUntilKilled(int run, int lifeMillis) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommitLoop.class.getName(),
                        root.toString(),
                        Integer.toString(run))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Map<StorageKey, Long> stored = new HashMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            String first = lines.readLine();
            assertThat(first).as("the first blob of run %d", run).isNotNull();
            Thread killer = Thread.ofVirtual().start(() -> killAfter(lifeMillis, process));
            for (String line = first; line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                StorageKey.parse(words[0])
                        .filter(key -> words.length == 3 && words[2].equals(CommitLoop.END))
                        .ifPresent(key -> stored.put(key, Long.valueOf(words[1])));
            }
            killer.join();
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return stored;
    }

    private static void killAfter(int millis, Process process) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.toHandle().destroyForcibly(); // unlike the process itself, leaves its last words to be read
    }

    private List<StorageKey> requireEveryBlobToBeWhole() throws IOException {
        try (FilesystemDriver driver = new FilesystemDriver(root, 0, Clock.systemUTC())) {
            List<StorageKey> found = AllKeys.of(driver);
            for (StorageKey key : found) {
                byte[] bytes = Files.readAllBytes(root.resolve(key.path()));
                Digest digest = key.digest().orElseThrow();
                assertThat(Digest.of(digest.algorithm(), bytes)).isEqualTo(digest);
            }
            return found;
        }
    }

    private void sweep() {
        try (FilesystemDriver driver = new FilesystemDriver(root, 0, Clock.systemUTC());
                Stream<UUID> uploads = driver.uploadsOlderThan(Duration.ZERO)) {
            uploads.forEach(driver::discard);
        }
        assertThat(root.resolve("docker/registry/v2/uploads")).isEmptyDirectory();
    }
}
