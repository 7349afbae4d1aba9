package com.laincloud.registry.it;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

/**
 * Pushes one unique image after the other until what it pushes to dies under it, and keeps a journal of what it asked for and
 * what was acknowledged. Some tags are new, some move with every push of this pusher, one with every push of all pushers.
 */
final class Pusher implements Callable<Pusher> {

    /** The acknowledgement time of a request that was never answered. */
    static final long NEVER = Long.MAX_VALUE;

    private final RegistryClient client;
    private final String repository;
    private final String name;
    private final Random random;
    private final List<Push> blobs = new ArrayList<>();
    private final List<Push> manifests = new ArrayList<>();
    private final List<Upload> uploads = new ArrayList<>();
    private long lastSeed;
    private volatile boolean ended;

    Pusher(RegistryClient client, String repository, String name, long seed) {
        this.client = client;
        this.repository = repository;
        this.name = name;
        this.random = new Random(seed);
    }

    /**
     * One request to store something.
     *
     * @param tag the name a manifest was put under; empty for a blob
     * @param seed of the image it belongs to
     * @param started when it was sent, {@code System.nanoTime()}
     * @param acknowledged when its success was known, or {@link #NEVER}
     */
    record Push(String repository, String tag, Digest digest, long seed, long started, long acknowledged) {

        boolean isAcknowledged() {
            return acknowledged != NEVER;
        }

        private Push acknowledge() {
            return new Push(repository, tag, digest, seed, started, System.nanoTime());
        }
    }

    /** An upload that was told it has every byte of {@code digest}, and only waits to be completed. */
    record Upload(String location, String repository, Digest digest) {}

    /** Pushes until the connection breaks or the server is unavailable; any other answer but success is a failure. */
    @Override
    public Pusher call() {
        while (!ended) {
            try {
                pushImage();
            } catch (UncheckedIOException serverDied) {
                return this;
            } catch (UnexpectedAnswerError answer) {
                boolean isLost = ended && answer.saysToBeginAgain(); // a session may be lost with what it died of
                if (!isLost && !answer.saysToComeBack()) {
                    throw answer;
                }
                return this;
            }
        }
        return this;
    }

    /** Lets it push no further image. */
    void end() {
        ended = true;
    }

    /** The blobs it pushed, in order. */
    List<Push> blobs() {
        return blobs;
    }

    /** The manifests it pushed, in order. */
    List<Push> manifests() {
        return manifests;
    }

    /** The upload that was not completed, if any. */
    List<Upload> uploads() {
        return uploads;
    }

    /** The seed of the image that it was pushing in the end. */
    long lastSeed() {
        return lastSeed;
    }

    private void pushImage() {
        lastSeed = random.nextLong();
        UniqueImage image = UniqueImage.of(lastSeed);
        for (byte[] blob : image.blobs()) {
            attempt(blobs, "", RegistryClient.digest(blob), () -> pushBlob(blob));
        }
        String tag = switch (random.nextInt(3)) {
            case 0 -> name + "-" + manifests.size();
            case 1 -> name;
            default -> "latest";
        };
        attempt(
                manifests,
                tag,
                RegistryClient.digest(image.payload()),
                () -> client.pushManifest(repository, tag, MediaTypes.OCI_MANIFEST, image.payload()));
    }

    private void pushBlob(byte[] content) {
        if (random.nextBoolean()) {
            client.pushBlob(repository, content);
            return;
        }
        String location = client.patchUpload(client.startUpload(repository), content);
        uploads.add(new Upload(location, repository, RegistryClient.digest(content)));
        client.completeUpload(location, RegistryClient.digest(content));
        uploads.removeLast();
    }

    private void attempt(List<Push> journal, String tag, Digest digest, Runnable request) {
        Push push = new Push(repository, tag, digest, lastSeed, System.nanoTime(), NEVER);
        journal.add(push);
        request.run();
        journal.set(journal.size() - 1, push.acknowledge());
    }
}
