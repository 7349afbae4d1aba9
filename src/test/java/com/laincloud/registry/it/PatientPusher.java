package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.MediaTypes;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Pushes one unique image after the other, as docker does: what fails is tried again, five times at most, the first time after
 * five seconds and then later and later.
 */
final class PatientPusher implements Callable<PatientPusher> {

    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final int LONGEST_REST = 2_000;

    private final RegistryClient client;
    private final String repository;
    private final Random random;
    private final List<Long> acknowledged = new ArrayList<>();
    private final int[] attempts = new int[ATTEMPTS + 1];
    private volatile boolean ended;

    PatientPusher(RegistryClient client, String repository, long seed) {
        this.client = client;
        this.repository = repository;
        this.random = new Random(seed);
    }

    /** Pushes until it is to end; a step that fails too often, or with an answer that does not say to come back, is a failure. */
    @Override
    public PatientPusher call() throws InterruptedException {
        while (!ended) {
            long seed = random.nextLong();
            UniqueImage image = UniqueImage.of(seed);
            for (byte[] blob : image.blobs()) {
                boolean isPatched = random.nextBoolean();
                insist(() -> {
                    if (isPatched) {
                        client.pushBlobInPatches(repository, blob);
                    } else {
                        client.pushBlob(repository, blob);
                    }
                });
            }
            insist(() -> client.pushManifest(repository, "latest", MediaTypes.OCI_MANIFEST, image.payload()));
            acknowledged.add(seed);
            Thread.sleep(random.nextInt(LONGEST_REST));
        }
        return this;
    }

    private void insist(Runnable step) throws InterruptedException {
        attempts[attempt(step)]++;
    }

    private static int attempt(Runnable step) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                step.run();
                return attempt;
            } catch (UncheckedIOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            } catch (UnexpectedAnswerError answer) {
                if (attempt == ATTEMPTS || !(answer.saysToComeBack() || answer.saysToBeginAgain())) {
                    throw answer;
                }
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos() * attempt);
        }
    }

    /** Lets it push no further image. */
    void end() {
        ended = true;
    }

    /** How many images were acknowledged. */
    int acknowledged() {
        return acknowledged.size();
    }

    /** How many steps took so many attempts. */
    int steps(int attempts) {
        return attempts > ATTEMPTS ? 0 : this.attempts[attempts];
    }

    /** Requires that all which was acknowledged is there, byte for byte. */
    void check() throws InterruptedException {
        for (long seed : acknowledged) {
            UniqueImage image = UniqueImage.of(seed);
            insist(() -> assertThat(client.pullManifest(
                            repository, digest(image.payload()).toString()))
                    .isEqualTo(image.payload()));
            for (byte[] blob : image.blobs()) {
                insist(() -> client.pullBlob(repository, digest(blob)));
            }
        }
        if (!acknowledged.isEmpty()) {
            assertThat(client.pullManifest(repository, "latest"))
                    .isEqualTo(UniqueImage.of(acknowledged.getLast()).payload());
        }
    }
}
