package com.laincloud.registry.upload;

import com.laincloud.registry.config.UploadPurging;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Ends the upload sessions that were given up, and removes what they and earlier ones left behind.
 *
 * <p>A session counts as given up when its row was not touched for the configured age. Whoever writes to it touches it when
 * he begins, from time to time while bytes come, and when he ends; one that is being written is therefore never ended. The
 * row goes first: from then on nobody can begin to write, and whoever still does will be told that his session is unknown.
 * Bytes without a row belong to nobody, so they are removed without looking further; a crash in between leaves such bytes,
 * and the next run finds them. Any number of instances may do this at the same time.
 */
@Singleton
class UploadPurge {

    private static final System.Logger LOG = System.getLogger(UploadPurge.class.getName());
    private static final int BATCH = 500;

    private final ExpiredSessions sessions;
    private final PrefixHashes hashes;
    private final StorageDriver storage;

    @Inject
    UploadPurge(ExpiredSessions sessions, PrefixHashes hashes, StorageDriver storage) {
        this.sessions = sessions;
        this.hashes = hashes;
        this.storage = storage;
    }

    /**
     * Purges once.
     *
     * @param isOver whether to leave the rest for another time
     */
    void run(UploadPurging settings, BooleanSupplier isOver) {
        long ended = settings.dryRun() ? showExpired(settings.age()) : endExpired(settings.age(), isOver);
        long removed = isOver.getAsBoolean() ? 0 : sweep(settings, isOver);
        if (ended + removed > 0) {
            LOG.log(
                    Level.INFO,
                    "upload purge{0}: {1} sessions ended, leavings of {2} uploads removed",
                    settings.dryRun() ? " (dry run, nothing was changed)" : "",
                    ended,
                    removed);
        }
    }

    private long showExpired(Duration age) {
        List<UUID> expired = sessions.find(age, Integer.MAX_VALUE);
        expired.forEach(upload -> LOG.log(Level.INFO, "upload purge (dry run): {0} would be ended", upload));
        return expired.size();
    }

    private long endExpired(Duration age, BooleanSupplier isOver) {
        long all = 0;
        long ended;
        do {
            ended = 0;
            for (UUID upload : sessions.find(age, BATCH)) {
                if (!isOver.getAsBoolean() && sessions.end(upload, age)) {
                    ended++;
                    discard(upload);
                }
            }
            all += ended;
        } while (ended > 0);
        return all;
    }

    private long sweep(UploadPurging settings, BooleanSupplier isOver) {
        long removed = 0;
        try (Stream<UUID> old = storage.uploadsOlderThan(settings.age())) {
            Iterator<UUID> uploads = old.iterator();
            while (uploads.hasNext() && !isOver.getAsBoolean()) {
                List<UUID> batch = new ArrayList<>();
                while (uploads.hasNext() && batch.size() < BATCH) {
                    batch.add(uploads.next());
                }
                Set<UUID> existing = sessions.existing(batch);
                batch.removeAll(existing);
                removed += batch.size();
                if (!settings.dryRun()) {
                    batch.forEach(this::discard);
                }
            }
        }
        return removed;
    }

    private void discard(UUID upload) {
        hashes.forget(upload);
        try {
            storage.discard(upload);
        } catch (StorageException e) {
            LOG.log(Level.WARNING, "leavings of upload " + upload + " stay for now", e);
        }
    }
}
