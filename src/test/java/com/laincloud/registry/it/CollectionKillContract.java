package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.AllKeys;
import com.laincloud.registry.storage.StorageDriver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Collections that are killed with SIGKILL at each point from which another goes on, or the registry after a deletion, while
 * clients push what is just being collected. The long form: {@code -Dcollection.kills=200}.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class CollectionKillContract {

    private static final int KILLS = Integer.getInteger("collection.kills", 2);
    private static final int LONGEST_LIFE_MILLIS = 250;
    private static final int IMAGES = 6;
    private static final int AGAIN = 4;
    private static final String REPOSITORY = "killed/a";

    private final RegistryServer server = RegistryServer.installed(environment());
    private final RegistryClient client = new RegistryClient(server.uri());
    private final Random random = new Random();

    /** The tags that the registry has acknowledged, and not the deletion of. The image of each follows from its name. */
    private final Set<String> kept = new TreeSet<>();

    /** Where the registry keeps bytes. */
    abstract Map<String, String> storage();

    private Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(storage());
        environment.put("REGISTRY_GC_BLOBS_AFTER", "0s");
        return environment;
    }

    @BeforeAll
    void start() {
        server.startAgain();
        client.pushBlob(REPOSITORY, "so that there is the repository".getBytes(UTF_8));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** Where a kill comes. */
    enum KillPoint {
        A_DELETION_IS_ACKNOWLEDGED,
        MANIFESTS_ARE_GONE,
        LINKS_ARE_GONE,
        BLOB_ROWS_ARE_GONE,
        HALF_OF_THE_BYTES_IS_GONE,
        THE_BYTES_ARE_GONE,
        ANYWHERE
    }

    private static byte[] content(String tag) {
        return ("content of " + tag).getBytes(UTF_8);
    }

    private static byte[] image(String tag) {
        byte[] content = content(tag);
        return SampleManifests.image(RegistryClient.digest(content), content.length, tag);
    }

    /** Pushes an image; again, as long as a collection comes in between. */
    private void push(String tag) {
        int status;
        do {
            client.pushBlob(REPOSITORY, content(tag));
            status = client.put(
                            "/v2/" + REPOSITORY + "/manifests/" + tag, image(tag), "Content-Type", SampleManifests.TYPE)
                    .statusCode();
        } while (status != 201);
        kept.add(tag);
    }

    /** Deletes an image at once, or leaves its manifest to the collection. */
    private void delete(String tag, boolean withManifest) {
        Object reference = withManifest ? RegistryClient.digest(image(tag)) : tag;
        kept.remove(tag);
        expect(202, client.delete("/v2/" + REPOSITORY + "/manifests/" + reference));
    }

    /** Pushes and deletes a few images again and again until a collection was killed. */
    private void pushAgainUntil(Future<?> killed) {
        while (!killed.isDone()) {
            String tag = "again-" + random.nextInt(AGAIN);
            if (kept.contains(tag)) {
                delete(tag, random.nextBoolean());
            } else {
                push(tag);
            }
        }
    }

    private boolean collectUntilKilledAt(KillPoint point, int lifeMillis) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoppingCollection.class.getName(),
                        point.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        command.environment().putAll(server.environment());
        Process process = command.start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            assertThat(lines.readLine()).isEqualTo("begins");
            if (point == KillPoint.ANYWHERE) {
                Thread.sleep(lifeMillis);
            } else {
                assertThat(lines.readLine()).as("the collection stops there").isEqualTo(point.name());
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return true;
    }

    @ParameterizedTest
    @EnumSource
    void killedAtAnyPointItLosesNothingThatWasAcknowledgedAndLeavesNothing(KillPoint point) throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            for (int image = 0; image < IMAGES; image++) {
                push(name(point, kill, image));
            }
            for (int image = 0; image < IMAGES - 1; image++) {
                delete(name(point, kill, image), image % 2 == 0);
            }
            if (point == KillPoint.A_DELETION_IS_ACKNOWLEDGED) {
                server.kill();
                server.startAgain();
            } else {
                collectMeanwhile(point);
            }
            push(name(point, kill, 0));
            kept.forEach(this::requireWhole);
        }
        server.change("update purge set not_before = now()"); // five minutes go by
        String found = run("check", "--repair", "--now");
        String collected = run("garbage-collect", "--delete-untagged", "--now");

        kept.forEach(this::requireWhole);
        assertThat(client.tags(REPOSITORY)).containsExactlyInAnyOrderElementsOf(kept);
        assertThat(run("garbage-collect", "--dry-run", "--delete-untagged", "--now"))
                .contains("nothing refers to 0 manifests, 0 links to blobs and 0 blobs of 0 bytes");
        try (StorageDriver storage = server.storage()) {
            assertThat(AllKeys.of(storage)).as(found + collected).hasSameSizeAs(kept);
        }
        assertThat(run("check")).contains("check: 0 blobs without their bytes, 0 files that no row knows");
    }

    private static String name(KillPoint point, int kill, int image) {
        return "%s-%d-%d".formatted(point.name().toLowerCase(Locale.ROOT), kill, image);
    }

    private void collectMeanwhile(KillPoint point) throws Exception {
        int lifeMillis = random.nextInt(LONGEST_LIFE_MILLIS);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Boolean> killed = threads.submit(() -> collectUntilKilledAt(point, lifeMillis));
            pushAgainUntil(killed);
            assertThat(killed.get()).isTrue();
        }
    }

    private void requireWhole(String tag) {
        assertThat(client.pullManifest(REPOSITORY, tag)).isEqualTo(image(tag));
        Digest blob = RegistryClient.digest(content(tag));
        assertThat(client.pullBlob(REPOSITORY, blob)).isEqualTo(content(tag));
    }

    private String run(String... words) {
        try {
            Process process = server.command(words).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
