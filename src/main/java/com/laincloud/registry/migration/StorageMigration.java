package com.laincloud.registry.migration;

import com.laincloud.registry.index.MigrationRows;
import com.laincloud.registry.index.MigrationRows.Open;
import com.laincloud.registry.integrity.StorageIdentity;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriver.Note;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** A run of the move of all blobs to another storage; it goes on where an earlier one ended, however that was. */
final class StorageMigration {

    private final MigrationTransactions index;
    private final StorageDriver source;
    private final StorageDriver target;
    private final Consumer<String> report;
    private final JobRun run;
    private final StorageIdentity identity;

    /** @param report takes lines for people */
    StorageMigration(
            DataSource database, StorageDriver source, StorageDriver target, Consumer<String> report, JobRun run) {
        this.index = new MigrationTransactions(database);
        this.source = source;
        this.target = target;
        this.report = report;
        this.run = run;
        this.identity = new StorageIdentity(database, source);
    }

    /**
     * Copies what is not copied yet.
     *
     * @param isAnew whether a move that has not ended is given up for this one
     * @param finishes whether the other storage is to be the one of the database from now on
     * @return whether everything was copied
     * @throws IllegalStateException if it cannot be done, in one line; nothing has changed then
     * @throws CancellationException if the run is over before
     */
    boolean run(boolean isAnew, boolean finishes) {
        identity.requireOwn();
        UUID move = beginOrResume(isAnew);
        if (finishes) {
            index.change(StorageMigration::requireAlone);
        }
        Copying copying = new Copying(move, index, source, target, report, run);
        copying.copyAll();
        if (finishes) {
            copying.copyAgainWhatIsNotThere();
            copying.copyAgainWhatWasNot();
            finish(move, copying);
        }
        Open left = index.ask(MigrationRows::open);
        report.accept("copied " + copying.done() + "; "
                + (finishes
                        ? "the registry is to be started with the new storage, the old one is left as it is"
                        : left.blobs() + " blobs are left, and what comes from now on"));
        copying.broken()
                .forEach(blob -> report.accept("left alone: the bytes of " + blob.digest()
                        + " are lost, or not what they should be: " + blob.key()));
        copying.unreadable().forEach(report);
        return copying.broken().isEmpty() && copying.unreadable().isEmpty();
    }

    private UUID beginOrResume(boolean isAnew) {
        Optional<UUID> unfinished = index.ask(MigrationRows::unfinished);
        Optional<String> found = target.note(Note.IDENTITY).map(String::strip);
        if (found.isEmpty()) {
            if (!isAnew && unfinished.isPresent() && index.ask(MigrationRows::hasCopies)) {
                throw new IllegalStateException(
                        "a move to another storage has begun, and the one to move to does not say that"
                                + " it is that (" + unfinished.get()
                                + "): is its disk mounted? --anew gives that move up for a new one");
            }
            UUID begun = index.ask(MigrationRows::begin);
            target.write(Note.IDENTITY, begun + "\n");
            return begun;
        }
        return unfinished
                .filter(identity -> found.get().equals(identity.toString()))
                .orElseThrow(() -> new IllegalStateException(
                        "the storage to move to is that of a registry already: its number is " + found.get()));
    }

    private static void requireAlone(MigrationRows rows) throws SQLException {
        rows.lastSeen().ifPresent(seen -> {
            throw new IllegalStateException(
                    "--finish: a registry runs, or did half a minute ago, and must be stopped: " + seen);
        });
        if (rows.isAdopting()) {
            throw new IllegalStateException("--finish: the tree of docker/distribution is not indexed to its end yet");
        }
    }

    private void finish(UUID move, Copying copying) {
        identity.requireStill();
        if (!copying.unreadable().isEmpty()) {
            copying.unreadable().forEach(report);
            throw new IllegalStateException("--finish: " + copying.unreadable().size() + " blobs cannot be read");
        }
        source.note(Note.AUDIT_HEADS).ifPresent(heads -> target.write(Note.AUDIT_HEADS, heads));
        copying.requireGoingOn();
        index.change(rows -> {
            rows.lock();
            requireAlone(rows);
            if (!rows.finish(move, copying.broken())) {
                throw new IllegalStateException("--finish: blobs or another move came meanwhile; try again");
            }
        });
    }
}
