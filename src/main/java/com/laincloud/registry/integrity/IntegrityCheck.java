package com.laincloud.registry.integrity;

import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.IntegrityFault;
import com.laincloud.registry.index.IntegrityRows;
import com.laincloud.registry.index.MissedReview;
import com.laincloud.registry.index.MissedReview.Reviewed;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.Pace;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Compares the index with the storage, page by page, while others push, delete and collect: what is found was true at one
 * moment, however late the rest is looked at. Each finding is told and is a row of {@code audit.integrity}. Nothing is deleted,
 * unless it is asked to repair; what collection would have missed is always put before it. It rests for as long as it works.
 */
public final class IntegrityCheck {

    private static final int PAGE = 1000;

    private final DataSource database;
    private final StorageDriver storage;
    private final Repair repair;
    private final Consumer<String> report;
    private final JobRun run;
    private final LostBytes lostBytes;
    private final Pace pace = new Pace(true);
    private long looked;
    private Faults faults = Faults.NONE;

    /** Which of the bytes that no row knows the next collection is to delete. */
    public enum Repair {
        NOTHING,

        /** Those that an earlier check found a week before. */
        FOUND_A_WEEK_BEFORE,

        EVERYTHING
    }

    /**
     * @param report takes a line for each finding
     */
    public IntegrityCheck(
            DataSource database, StorageDriver storage, Repair repair, Consumer<String> report, JobRun run) {
        this.database = database;
        this.storage = storage;
        this.repair = repair;
        this.report = report;
        this.run = run;
        this.lostBytes = new LostBytes(database, storage, report, run);
    }

    /**
     * Looks at everything once.
     *
     * @throws CancellationException if the run is over before all was looked at
     * @throws IllegalStateException if bytes are missed in a storage that is not the one of the database, in one line
     * @throws DatabaseException if the database fails
     * @throws com.laincloud.registry.storage.StorageException if the medium fails, which is no finding
     */
    public Faults run() {
        return run(connection -> Optional.empty());
    }

    /** As {@link #run}, but from where a run of less than a day ago was cut off: what that found is noted, and not counted. */
    Faults goOn() {
        return run(lostBytes::cutOff);
    }

    @FunctionalInterface
    private interface Beginning {
        Optional<CheckPlace> in(Connection connection) throws SQLException;
    }

    private Faults run(Beginning beginning) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            Optional<CheckPlace> cutOff = beginning.in(connection);
            CheckPlace place = cutOff.isPresent() ? cutOff.get() : CheckPlace.beginning(now(connection));
            if (place.isBeforeBlobs()) {
                for (MissedReview things : MissedReview.values()) {
                    findUnreviewed(connection, things);
                }
                forget(connection, IntegrityFault.NOT_REVIEWED, place.since());
            }
            if (place.isBeforeKeys()) {
                lostBytes.find(connection, place, (looked, lost) -> {
                    faults = faults.plusLost(lost);
                    told(looked);
                });
                forget(connection, IntegrityFault.LOST_BYTES, place.since()); // before bytes would be kept for them
            }
            findUnknown(connection, place);
            forget(connection, IntegrityFault.UNKNOWN_BYTES, place.since());
            return faults;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static String now(Connection connection) throws SQLException {
        return ConnectionTransaction.run(connection, transaction -> new IntegrityRows(transaction).now());
    }

    private static void forget(Connection connection, IntegrityFault fault, String since) throws SQLException {
        ConnectionTransaction.run(connection, transaction -> {
            new IntegrityRows(transaction).forget(fault, since);
            return true;
        });
    }

    private void findUnreviewed(Connection connection, MissedReview things) throws SQLException {
        Optional<List<Long>> place = Optional.of(things.beginning());
        while (place.isPresent()) {
            List<Long> after = place.get();
            Reviewed page = ConnectionTransaction.run(connection, transaction -> {
                Reviewed reviewed = things.review(transaction, after);
                new IntegrityRows(transaction).note(IntegrityFault.NOT_REVIEWED, reviewed.missed());
                return reviewed;
            });
            page.missed()
                    .forEach(found -> report.accept("nothing refers to " + found.thing()
                            + ", and collection would have missed it; it is looked at from now on"));
            faults = faults.plusUnreviewed(page.missed().size());
            told(MissedReview.PAGE);
            place = page.next();
        }
    }

    private void findUnknown(Connection connection, CheckPlace from) throws SQLException {
        UnknownBytes bytes = new UnknownBytes(storage, repair);
        List<StoredKey> page = storage.keys(from.key(), PAGE);
        while (!page.isEmpty()) {
            UnknownBytes.Page found = bytes.look(connection, page);
            found.going().forEach(key -> report.accept(UnknownBytes.line(key) + "; the next collection deletes it"));
            found.staying().forEach(key -> report.accept(UnknownBytes.line(key)));
            faults = faults.plusUnknown(found.staying().size())
                    .plusPurged(found.going().size());
            StorageKey last = page.getLast().key();
            run.keep(from.at(last).toString());
            told(page.size());
            page = storage.keys(Optional.of(last), PAGE);
        }
    }

    private static DatabaseException failed(SQLException e) {
        return new DatabaseException("the database failed during a check: " + e.getMessage(), e);
    }

    private void told(int more) {
        looked += more;
        run.tell(looked + " things looked at: " + faults);
        if (run.isOver()) {
            throw new CancellationException();
        }
        try {
            pace.rest();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException();
        }
    }
}
