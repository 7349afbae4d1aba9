package com.laincloud.registry.integrity;

import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.IntegrityFault;
import com.laincloud.registry.index.IntegrityRows;
import com.laincloud.registry.index.IntegrityRows.Found;
import com.laincloud.registry.index.MissedReview;
import com.laincloud.registry.index.MissedReview.Reviewed;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.Pace;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Compares the index with the storage, page by page, while others push, delete and collect: what is found was true at one
 * moment, however late the rest is looked at. Each finding is told and is a row of {@code audit.integrity}. Nothing is deleted,
 * unless it is asked to repair; what collection would have missed is always put before it. It rests for as long as it works.
 */
public final class IntegrityCheck {

    private static final int PAGE = 1000;
    private static final int WEEK = 7;

    private final DataSource database;
    private final StorageDriver storage;
    private final Repair repair;
    private final Consumer<String> report;
    private final JobRun run;
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
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            LostBytes lostBytes = new LostBytes(database, storage, report, run);
            Optional<CheckPlace> cutOff = lostBytes.cutOff(connection);
            if (cutOff.isPresent()) {
                report.accept("a check that was cut off is gone on with behind blob "
                        + cutOff.get().blob());
            }
            String begin = cutOff.map(CheckPlace::begin).orElse(null);
            if (begin == null) {
                begin = ConnectionTransaction.run(connection, transaction -> new IntegrityRows(transaction).now());
                for (MissedReview things : MissedReview.values()) {
                    findUnreviewed(connection, things);
                }
                forget(connection, IntegrityFault.NOT_REVIEWED, begin);
            }
            lostBytes.find(connection, cutOff.orElse(new CheckPlace(0, begin)), (looked, lost) -> {
                faults = faults.plusLost(lost);
                told(looked);
            });
            forget(connection, IntegrityFault.LOST_BYTES, begin); // before bytes of such a digest would be kept for it
            findUnknown(connection);
            forget(connection, IntegrityFault.UNKNOWN_BYTES, begin);
            return faults;
        } catch (SQLException e) {
            throw failed(e);
        }
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

    /** Of what docker/distribution wrote nothing is unknown: manifests lie there as blobs do, and stay as they are. */
    private void findUnknown(Connection connection) {
        List<StorageKey> page = new ArrayList<>();
        try (Stream<StorageKey> keys = storage.keys()) { // pushed on one by one: an iterator would list all at once
            keys.filter(key -> key.upload().isPresent()).forEach(key -> {
                page.add(key);
                if (page.size() == PAGE) {
                    findUnknown(connection, page);
                }
            });
        }
        findUnknown(connection, page);
    }

    private void findUnknown(Connection connection, List<StorageKey> page) {
        try {
            findUnknownOf(connection, page);
        } catch (SQLException e) {
            throw failed(e);
        }
        told(page.size());
        page.clear();
    }

    private static DatabaseException failed(SQLException e) {
        return new DatabaseException("the database failed during a check: " + e.getMessage(), e);
    }

    /** Bytes that went between the listing and the question are not unknown; those that are still there afterwards are. */
    private void findUnknownOf(Connection connection, List<StorageKey> page) throws SQLException {
        Map<StorageKey, Long> listed = new LinkedHashMap<>();
        page.forEach(key -> listed.put(key, 0L));
        Map<StorageKey, Long> there = new LinkedHashMap<>();
        for (StorageKey key :
                ConnectionTransaction.run(connection, transaction -> new IntegrityRows(transaction).unknown(listed))) {
            OptionalLong size = storage.size(key);
            size.ifPresent(bytes -> there.put(key, bytes));
        }
        if (there.isEmpty()) {
            return;
        }
        List<StorageKey> going = repair == Repair.NOTHING
                ? List.of()
                : ConnectionTransaction.run(
                        connection,
                        transaction ->
                                new IntegrityRows(transaction).purge(there, repair == Repair.EVERYTHING ? 0 : WEEK));
        List<StorageKey> staying = ConnectionTransaction.run(connection, transaction -> {
            IntegrityRows rows = new IntegrityRows(transaction);
            List<StorageKey> unknown = rows.unknown(there);
            rows.note(
                    IntegrityFault.UNKNOWN_BYTES,
                    unknown.stream()
                            .map(key -> new Found(key.path(), there.getOrDefault(key, 0L)))
                            .toList());
            return unknown;
        });
        going.forEach(key -> report.accept(unknown(key, there) + "; the next collection deletes it"));
        staying.forEach(key -> report.accept(unknown(key, there)));
        faults = faults.plusUnknown(staying.size()).plusPurged(going.size());
    }

    private static String unknown(StorageKey key, Map<StorageKey, Long> sizes) {
        return "no row knows " + key + " of " + sizes.get(key) + " bytes";
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
