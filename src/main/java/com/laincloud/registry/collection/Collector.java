package com.laincloud.registry.collection;

import com.laincloud.registry.audit.CollectionEvents;
import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.BlobReview;
import com.laincloud.registry.index.LinkReview;
import com.laincloud.registry.index.ManifestReview;
import com.laincloud.registry.index.PurgeRows;
import com.laincloud.registry.index.Review;
import com.laincloud.registry.index.Review.Batch;
import com.laincloud.registry.index.Review.Place;
import com.laincloud.registry.integrity.StorageIdentity;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.Pace;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * A collection, batch by batch: manifests that nothing names, links to blobs that no manifest of the repository needs, blobs
 * that no repository shows, and their bytes, those nearest to the bytes first. Killed anywhere, it leaves rows that any later
 * run goes on from. It rests for as long as it works, for those who push and pull meanwhile.
 */
public final class Collector {

    private final DataSource database;
    private final StorageDriver storage;
    private final Windows windows;
    private final Pace pace;
    private final JobRun run;
    private final CollectionEvents events =
            new CollectionEvents(UUID.randomUUID().toString());
    private final Queue manifests;
    private final Queue links = new Queue(new LinkReview());
    private final Queue blobs = new Queue(new BlobReview());
    private Collected collected = Collected.NOTHING;

    /** @param rests whether others are to be served meanwhile */
    public Collector(DataSource database, StorageDriver storage, Windows windows, boolean rests, JobRun run) {
        this.database = database;
        this.storage = storage;
        this.windows = windows;
        this.manifests = new Queue(new ManifestReview(windows.history(), windows.restorable()));
        this.pace = new Pace(rests);
        this.run = run;
    }

    private static final class Queue {

        private final Review review;
        private Place place = Place.FIRST;

        Queue(Review review) {
            this.review = review;
        }
    }

    /**
     * Collects until nothing is due any more, or the run is over.
     *
     * @throws IllegalStateException if the storage is not the one of the database, or the database may be a copy
     * @throws DatabaseException if the database fails
     */
    public Collected run() {
        new StorageIdentity(database, storage).requireOwn();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            boolean isBusy = true;
            while (isBusy && !run.isOver()) {
                isBusy = step(connection);
                run.tell(collected.toString());
                pace.rest();
            }
            return collected;
        } catch (SQLException e) {
            throw new DatabaseException("the database failed during a collection: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return collected;
        }
    }

    private boolean step(Connection connection) throws SQLException {
        return purge(connection)
                || collectBlobs(connection)
                || collectLinks(connection)
                || collectManifests(connection);
    }

    private boolean collectManifests(Connection connection) throws SQLException {
        if (windows.manifests().isEmpty()) {
            return false;
        }
        Batch batch = collect(connection, manifests, windows.manifests().get());
        collected = collected.plusManifests(batch.removed());
        return batch.looked() > 0;
    }

    private boolean collectLinks(Connection connection) throws SQLException {
        Batch batch = collect(connection, links, windows.links());
        collected = collected.plusLinks(batch.removed());
        return batch.looked() > 0;
    }

    /** They have no window of their own: that of the last link is over. */
    private boolean collectBlobs(Connection connection) throws SQLException {
        Batch batch = collect(connection, blobs, Duration.ZERO);
        collected = collected.plusBlobs(batch.removed(), batch.bytes());
        return batch.looked() > 0;
    }

    private Batch collect(Connection connection, Queue queue, Duration window) throws SQLException {
        Batch batch = ConnectionTransaction.run(connection, transaction -> {
            Batch done = queue.review.collect(transaction, window, queue.place);
            events.record(transaction, done.manifests());
            return done;
        });
        queue.place = batch.end();
        return batch;
    }

    /** The rows are committed before the bytes go, and the bytes are gone before what says that they are to go. */
    private boolean purge(Connection connection) throws SQLException {
        List<StorageKey> keys = ConnectionTransaction.run(connection, transaction -> new PurgeRows(transaction).take());
        Set<StorageKey> failed = storage.delete(keys);
        List<StorageKey> deleted =
                keys.stream().filter(key -> !failed.contains(key)).toList();
        ConnectionTransaction.run(connection, transaction -> {
            new PurgeRows(transaction).forget(deleted);
            new PurgeRows(transaction).noteFailures(failed);
            return deleted;
        });
        collected = collected.plusPurged(deleted.size(), failed.size());
        return !keys.isEmpty();
    }
}
