package com.laincloud.registry.upload;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.config.UploadPurging;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.index.UploadRows;
import com.laincloud.registry.integrity.StorageIdentity;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
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
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Ends the upload sessions that were given up, and removes what they and earlier ones left behind.
 *
 * <p>A session counts as given up when its row was not touched for the configured age. A writer touches it at the
 * beginning, from time to time while bytes come, and at the end; one that is being written is therefore never ended. The row
 * goes first: from then on no request can begin to write, and one that still writes is told that its session is unknown.
 * Bytes without a row belong to no session, so they are removed without looking further; a crash in between leaves such
 * bytes, and the next run finds them.
 */
@Singleton
public class UploadPurge implements Job {

    private static final System.Logger LOG = System.getLogger(UploadPurge.class.getName());
    private static final int BATCH = 500;

    private final CurrentSettings settings;
    private final UploadRows rows;
    private final StorageDriver storage;

    @Inject
    public UploadPurge(CurrentSettings settings, UploadRows rows, StorageDriver storage) {
        this.settings = settings;
        this.rows = rows;
        this.storage = storage;
    }

    @Override
    public String name() {
        return "upload-purge";
    }

    @Override
    public Duration interval() {
        return settings.get().storage().uploadPurging().interval();
    }

    @Override
    public boolean isWanted() {
        Storage storage = settings.get().storage();
        return storage.uploadPurging().enabled() && !storage.readOnly();
    }

    @Override
    public String run(JobRun run) {
        UploadPurging purging = settings.get().storage().uploadPurging();
        if (!purging.dryRun()) {
            new StorageIdentity(new ConfiguredDataSource(), storage).requireOwn();
        }
        long ended = purging.dryRun() ? showExpired(purging.age()) : endExpired(purging.age(), run);
        long removed = run.isOver() ? 0 : sweep(purging, run);
        String done = (purging.dryRun() ? "dry run, nothing was changed: " : "") + ended
                + " sessions ended, leavings of " + removed + " uploads removed";
        if (ended + removed > 0) {
            LOG.log(Level.INFO, "upload purge: " + done);
        }
        return done;
    }

    private long showExpired(Duration age) {
        List<UUID> expired = rows.untouched(age, Integer.MAX_VALUE);
        expired.forEach(upload -> LOG.log(Level.INFO, "upload purge (dry run): {0} would be ended", upload));
        return expired.size();
    }

    private long endExpired(Duration age, JobRun run) {
        long all = 0;
        long ended;
        do {
            ended = 0;
            for (UUID upload : rows.untouched(age, BATCH)) {
                if (!run.isOver() && rows.deleteUntouched(upload, age)) {
                    ended++;
                    drop(upload, storage::sweep);
                }
            }
            all += ended;
        } while (ended > 0);
        return all;
    }

    private long sweep(UploadPurging purging, JobRun run) {
        long removed = 0;
        try (Stream<UUID> old = storage.uploadsOlderThan(purging.age())) {
            Iterator<UUID> uploads = old.iterator();
            while (uploads.hasNext() && !run.isOver()) {
                List<UUID> batch = new ArrayList<>();
                while (uploads.hasNext() && batch.size() < BATCH) {
                    batch.add(uploads.next());
                }
                Set<UUID> existing = rows.existing(batch);
                batch.removeAll(existing);
                removed += batch.size();
                if (!purging.dryRun()) {
                    batch.forEach(upload -> drop(upload, storage::sweep));
                }
            }
        }
        return removed;
    }

    private static void drop(UUID upload, Consumer<UUID> removal) {
        try {
            removal.accept(upload);
        } catch (StorageException e) {
            LOG.log(Level.WARNING, "leavings of upload " + upload + " stay for now", e);
        }
    }
}
