package com.laincloud.registry.integrity;

import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.IntegrityRows;
import com.laincloud.registry.index.IntegrityRows.NumberedBlob;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.StorageDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** The part of a check that asks the storage for the bytes of each blob: the longest, so that it can be gone on with. */
final class LostBytes {

    private final DataSource database;
    private final StorageDriver storage;
    private final Consumer<String> report;
    private final JobRun run;

    LostBytes(DataSource database, StorageDriver storage, Consumer<String> report, JobRun run) {
        this.database = database;
        this.storage = storage;
        this.report = report;
        this.run = run;
    }

    /** Takes what was done with a page of blobs. */
    @FunctionalInterface
    interface Page {
        void end(int looked, int lost);
    }

    /** Where a check that was cut off goes on. What was looked at a day ago is looked at again. */
    Optional<CheckPlace> cutOff(Connection connection) throws SQLException {
        Optional<CheckPlace> place = run.cursor().flatMap(CheckPlace::parse);
        if (place.isEmpty()) {
            return place;
        }
        String since = place.get().since();
        boolean isOfToday =
                ConnectionTransaction.run(connection, transaction -> new IntegrityRows(transaction).isOfToday(since));
        return isOfToday ? place : Optional.empty();
    }

    /**
     * Notes which blobs have lost their bytes, and which have them again. A row goes before its bytes do, so that bytes are lost if
     * they were not there and the row still is.
     *
     * @throws IllegalStateException if bytes are missed in a storage that is not the one of the database, in one line
     */
    void find(Connection connection, CheckPlace from, Page done) throws SQLException {
        List<NumberedBlob> page = blobs(connection, from.blob());
        while (!page.isEmpty()) {
            List<Blob> missing = new ArrayList<>();
            List<Blob> found = new ArrayList<>();
            for (NumberedBlob row : page) {
                if (!isWhole(row.blob())) {
                    missing.add(row.blob());
                } else if (row.blob().isLost()) {
                    found.add(row.blob());
                }
            }
            if (!found.isEmpty()) {
                noteFound(connection, found);
            }
            int lost = missing.isEmpty() ? 0 : noteLost(connection, missing);
            run.keep(from.at(page.getLast().number()).toString());
            done.end(page.size(), lost);
            page = blobs(connection, page.getLast().number());
        }
    }

    private static List<NumberedBlob> blobs(Connection connection, long after) throws SQLException {
        return ConnectionTransaction.run(connection, transaction -> new IntegrityRows(transaction).blobs(after));
    }

    private boolean isWhole(Blob blob) {
        return storage.size(blob.key()).orElse(-1) >= blob.size();
    }

    private static void noteFound(Connection connection, List<Blob> found) throws SQLException {
        ConnectionTransaction.run(connection, transaction -> {
            new IntegrityRows(transaction).noteFound(found);
            return true;
        });
    }

    /** A disk that was unmounted since the check began has lost nothing. */
    private int noteLost(Connection connection, List<Blob> missing) throws SQLException {
        new StorageIdentity(database, storage).requireStill();
        Set<Digest> lost =
                ConnectionTransaction.run(connection, transaction -> new IntegrityRows(transaction).noteLost(missing));
        missing.stream()
                .filter(blob -> lost.contains(blob.digest()))
                .forEach(blob -> report.accept("the bytes of " + blob.digest() + " are lost or too few: " + blob.key()
                        + "; a push of it mends that"));
        return lost.size();
    }
}
