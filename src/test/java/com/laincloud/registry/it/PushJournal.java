package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.Pusher.Push;
import com.laincloud.registry.oci.MediaTypes;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What many pushers asked a server for, over all its deaths, and whether it is there. */
final class PushJournal {

    private static final int PUSHERS = 8;
    private static final String REPOSITORY = "crash/test";

    private final RegistryClient client;
    private final Random random;
    private final List<Push> blobs = new ArrayList<>();
    private final List<Push> manifests = new ArrayList<>();
    private List<Pusher> latest = List.of();
    private int rounds;

    PushJournal(RegistryClient client, Random random) {
        this.client = client;
        this.random = random;
    }

    /** Something that ends a server, or a part of it. */
    @FunctionalInterface
    interface Death {
        void come() throws Exception;
    }

    /** Has pushers push for a while, until death comes; one that strikes a part may spare them, and then they end. */
    void pushUntil(Death death) throws Exception {
        int round = rounds++;
        latest = IntStream.range(0, PUSHERS)
                .mapToObj(number -> new Pusher(client, REPOSITORY, "p" + round + "." + number, random.nextLong()))
                .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(PUSHERS)) {
            List<Future<Pusher>> running = latest.stream().map(threads::submit).toList();
            try {
                Thread.sleep(random.nextInt(100, 3000));
                death.come();
            } finally {
                latest.forEach(Pusher::end);
            }
            for (Future<Pusher> pusher : running) {
                pusher.get();
            }
        }
    }

    /** Checks what was pushed in the latest round, and finishes what was interrupted, as clients would that try again. */
    void checkAndCompleteLatest() {
        latest.forEach(this::checkAndComplete);
        latest = List.of();
        checkTags();
    }

    /** Checks all that was ever pushed. */
    void checkAll() {
        blobs.forEach(this::checkBlob);
        manifests.forEach(this::checkManifest);
    }

    /** How many manifests were acknowledged. */
    long acknowledged() {
        return manifests.stream().filter(Push::isAcknowledged).count();
    }

    @Override
    public String toString() {
        return "%d of %d manifests and %d of %d blobs were acknowledged"
                .formatted(
                        acknowledged(),
                        manifests.size(),
                        blobs.stream().filter(Push::isAcknowledged).count(),
                        blobs.size());
    }

    private void checkAndComplete(Pusher pusher) {
        pusher.blobs().forEach(this::checkBlob);
        pusher.manifests().forEach(this::checkManifest);
        blobs.addAll(pusher.blobs());
        manifests.addAll(pusher.manifests());
        pusher.uploads().forEach(this::completeUpload);
        UniqueImage interrupted = UniqueImage.of(pusher.lastSeed());
        interrupted.blobs().forEach(blob -> client.pushBlob(REPOSITORY, blob));
        client.pushManifest(
                REPOSITORY, digest(interrupted.payload()).toString(), MediaTypes.OCI_MANIFEST, interrupted.payload());
        checkComplete(interrupted);
    }

    private void checkBlob(Push push) {
        HttpResponse<byte[]> response = client.getBlob(REPOSITORY, push.digest());
        if (push.isAcknowledged() || response.statusCode() != 404) {
            assertThat(digest(expect(200, response).body())).isEqualTo(push.digest());
        }
    }

    private void checkManifest(Push push) {
        HttpResponse<byte[]> response =
                client.get("/v2/" + REPOSITORY + "/manifests/" + push.digest(), "Accept", MediaTypes.OCI_MANIFEST);
        if (push.isAcknowledged() || response.statusCode() != 404) {
            assertThat(digest(expect(200, response).body())).isEqualTo(push.digest());
            if (!push.isAcknowledged()) {
                checkComplete(UniqueImage.of(push.seed())); // of the others every blob was acknowledged and is checked
            }
        }
    }

    private void checkComplete(UniqueImage image) {
        image.blobs().forEach(blob -> client.pullBlob(REPOSITORY, digest(blob)));
    }

    /**
     * An upload that has acknowledged all its bytes can be completed. If the kill came while that was being done, it may
     * be gone, and is clearly said to be; then its client starts a new one.
     */
    private void completeUpload(Pusher.Upload upload) {
        HttpResponse<byte[]> response = client.put(withDigest(upload.location(), upload.digest()), new byte[0]);
        if (response.statusCode() == 201) {
            client.pullBlob(REPOSITORY, upload.digest());
        } else {
            expect(404, response);
            assertThat(errorCodes(response)).isSubsetOf("BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID");
        }
    }

    private void checkTags() {
        List<String> listed = client.tags(REPOSITORY);
        Map<String, List<Push>> pushes = manifests.stream().collect(Collectors.groupingBy(Push::tag));
        pushes.forEach((tag, moves) -> checkTag(tag, moves, listed));
        assertThat(listed).isSubsetOf(pushes.keySet());
    }

    /**
     * A tag points at the last acknowledged manifest or a later one: at none that was acknowledged before the request of
     * another acknowledged one was even sent.
     */
    private void checkTag(String tag, List<Push> moves, List<String> listed) {
        HttpResponse<byte[]> response =
                client.get("/v2/" + REPOSITORY + "/manifests/" + tag, "Accept", MediaTypes.OCI_MANIFEST);
        if (moves.stream().noneMatch(Push::isAcknowledged) && response.statusCode() == 404) {
            assertThat(listed).doesNotContain(tag);
            return;
        }
        long lastSent = moves.stream()
                .filter(Push::isAcknowledged)
                .mapToLong(Push::started)
                .max()
                .orElse(Long.MIN_VALUE);
        Stream<Push> possible = moves.stream().filter(move -> move.acknowledged() >= lastSent);
        assertThat(possible.map(Push::digest))
                .as(tag)
                .contains(digest(expect(200, response).body()));
        assertThat(listed).contains(tag);
    }
}
