package com.laincloud.registry.migration;

import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.IntegrityRows.NumberedBlob;
import com.laincloud.registry.index.MigrationRows;
import com.laincloud.registry.index.MigrationRows.Copied;
import com.laincloud.registry.index.MigrationRows.Open;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** The copying of a move: which blobs are left, which cannot be copied, and how far it has come. */
final class Copying {

    private static final Duration PACE = Duration.ofSeconds(5);

    /** While others push, a pass finds what came since the one before; that ends at some time. */
    private static final int PASSES = 10;

    private static final int ATTEMPTS = 3;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Where more cannot be read, the storage is what fails. */
    private static final int MOST_UNREADABLE = 100;

    private final UUID move;
    private final MigrationTransactions index;
    private final StorageDriver target;
    private final BlobCopy copy;
    private final Consumer<String> report;
    private final JobRun run;
    private final Map<StorageKey, Blob> broken = new ConcurrentHashMap<>();
    private final Map<StorageKey, String> unreadable = new ConcurrentHashMap<>();
    private long blobs;
    private long bytes;
    private long remaining;
    private long told = System.nanoTime();

    /** @param report takes lines for people */
    Copying(
            UUID move,
            MigrationTransactions index,
            StorageDriver source,
            StorageDriver target,
            Consumer<String> report,
            JobRun run) {
        this.move = move;
        this.index = index;
        this.target = target;
        this.copy = new BlobCopy(source, target);
        this.report = report;
        this.run = run;
    }

    /** Blobs whose bytes are lost, or not what they should be. */
    Collection<Blob> broken() {
        return broken.values();
    }

    /** What was not copied because it cannot be read, in a line each. */
    Collection<String> unreadable() {
        return unreadable.values();
    }

    /** What was copied, for people. */
    String done() {
        return "%,d blobs of %,d MiB".formatted(blobs, bytes >> 20);
    }

    /** @throws CancellationException if the run is over */
    void requireGoingOn() {
        if (run.isOver()) {
            throw new CancellationException("the move was stopped");
        }
    }

    /** Copies what is not copied yet, and what comes meanwhile. */
    void copyAll() {
        Open open = index.ask(MigrationRows::open);
        remaining = open.bytes();
        report.accept("%,d blobs of %,d MiB are to be copied".formatted(open.blobs(), remaining >> 20));
        long before = -1;
        for (int pass = 0; pass < PASSES && blobs > before; pass++) {
            before = blobs;
            long after = 0;
            for (List<NumberedBlob> page = open(after); !page.isEmpty(); page = open(after)) {
                Workers.each(page.stream().map(NumberedBlob::blob).toList(), this::copy);
                after = page.getLast().number();
            }
        }
    }

    private List<NumberedBlob> open(long after) {
        return index.ask(rows -> rows.open(after));
    }

    private void copy(Blob blob) {
        requireGoingOn();
        if (broken.containsKey(blob.key()) || unreadable.containsKey(blob.key())) {
            return;
        }
        try {
            Optional<StorageKey> key = patientCopy(blob);
            if (key.isPresent()) {
                note(blob, key.get());
            } else if (index.ask(rows -> rows.isThere(blob))) { // it was not collected, or moved, meanwhile
                broken.put(blob.key(), blob);
            }
        } catch (UnreadableBlobException e) {
            unreadable.put(blob.key(), String.valueOf(e.getMessage()));
            if (unreadable.size() > MOST_UNREADABLE) {
                throw e;
            }
        }
    }

    private void note(Blob blob, StorageKey key) {
        boolean isNoted = false;
        try {
            isNoted = index.ask(rows -> rows.note(move, new Copied(blob.key(), key, blob.size())));
        } finally {
            if (!isNoted) {
                dropUnlessNoted(key);
            }
        }
        if (isNoted) {
            count(blob);
        }
    }

    /** A note whose answer was lost may be there. */
    private void dropUnlessNoted(StorageKey key) {
        if (!index.ask(rows -> rows.isNoted(key))) {
            target.delete(Set.of(key));
        }
    }

    /** A storage that fails once, as connections do, ends no move of many hours. */
    private Optional<StorageKey> patientCopy(Blob blob) {
        for (int attempt = 1; ; attempt++) {
            try {
                return copy.of(blob);
            } catch (UnreadableBlobException | StorageException e) {
                if (attempt == ATTEMPTS
                        || (e instanceof StorageException storageException && storageException.isFull())) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private synchronized void count(Blob blob) {
        blobs++;
        bytes += blob.size();
        remaining -= blob.size();
        if (System.nanoTime() - told > PACE.toNanos()) {
            told = System.nanoTime();
            String line = done() + " copied, %,d MiB are left".formatted(Math.max(remaining, 0) >> 20);
            run.tell(line);
            report.accept(line);
        }
    }

    /** What was copied long ago may have been deleted since, by hand. */
    void copyAgainWhatIsNotThere() {
        Collection<Copied> missing = new ConcurrentLinkedQueue<>();
        String after = "";
        for (List<Copied> page = copied(after); !page.isEmpty(); page = copied(after)) {
            Workers.each(page, one -> {
                if (target.size(one.key()).orElse(-1) != one.size()) {
                    missing.add(one);
                }
            });
            after = page.getLast().source().path();
        }
        if (!missing.isEmpty()) {
            report.accept(index.ask(rows -> rows.forget(missing)) + " copies are not there, and are made again");
            copyAll();
        }
    }

    /** What was lost or unreadable a while ago may have been so because its disk was away for a moment. */
    void copyAgainWhatWasNot() {
        if (!broken.isEmpty() || !unreadable.isEmpty()) {
            broken.clear();
            unreadable.clear();
            copyAll();
        }
    }

    private List<Copied> copied(String after) {
        return index.ask(rows -> rows.copied(after));
    }
}
