package com.laincloud.registry.retention;

import com.laincloud.registry.audit.RetentionEvents;
import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.TagRetention;
import com.laincloud.registry.index.TagRetention.Deleted;
import com.laincloud.registry.index.TagRetention.Repository;
import com.laincloud.registry.index.TagRetention.Verdict;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.storage.StorageDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * A run of the rules over all repositories. What a verdict was based on is asked again when the tag is deleted, under its lock:
 * one that was put again meanwhile stays.
 */
final class TagDeletion {

    private static final int BATCH = 100;

    private final DataSource database;
    private final StorageDriver storage;
    private final TagRules rules;
    private final Duration restorable;
    private final JobRun run;
    private final RetentionEvents events = new RetentionEvents(UUID.randomUUID().toString());
    private long looked;
    private long deleted;

    /** @param restorable how long what goes can be restored */
    TagDeletion(DataSource database, StorageDriver storage, TagRules rules, Duration restorable, JobRun run) {
        this.database = database;
        this.storage = storage;
        this.rules = rules;
        this.restorable = restorable;
        this.run = run;
    }

    /** What is done with each verdict. */
    @FunctionalInterface
    interface Use {
        void of(Repository repository, Verdict verdict) throws SQLException;
    }

    /**
     * Deletes the tags that go.
     *
     * @return what was done, in words
     * @throws DatabaseException if the database fails
     */
    String run() {
        inRepositories(repository -> true, this::delete);
        return done();
    }

    private String done() {
        return deleted + " of " + looked + " tags deleted";
    }

    /**
     * Tells what the rules say of tags of some repositories, and deletes nothing.
     *
     * @throws DatabaseException if the database fails
     */
    void explain(Predicate<RepositoryName> isWanted, Use use) {
        inRepositories(
                isWanted,
                (reading, writing, repository, asking) -> new TagRetention(reading)
                        .each(repository.number(), asking, verdict -> use.of(repository, verdict)));
    }

    /** What is done in a repository; {@code asking} are the rules for it. */
    @FunctionalInterface
    private interface Work {
        void of(Connection reading, Connection writing, Repository repository, String asking) throws SQLException;
    }

    private void inRepositories(Predicate<RepositoryName> isWanted, Work work) {
        try (Connection reading = database.getConnection();
                Connection writing = database.getConnection()) {
            reading.setAutoCommit(false);
            writing.setAutoCommit(false);
            for (Repository repository : new TagRetention(reading).repositories()) {
                Optional<String> asking = isWanted.test(repository.name())
                        ? rules.of(repository.name().value())
                        : Optional.empty();
                if (asking.isPresent() && !run.isOver()) {
                    if (rules.askForAges()) {
                        readAges(reading, writing, repository, asking.get());
                    }
                    work.of(reading, writing, repository, asking.get());
                }
                reading.rollback();
            }
        } catch (SQLException e) {
            throw new DatabaseException("the database failed during retention: " + e.getMessage(), e);
        }
    }

    /** Of those alone that nothing else keeps. The bytes are read while no transaction has a row locked. */
    private void readAges(Connection reading, Connection noting, Repository repository, String asking)
            throws SQLException {
        List<Long> unread = new ArrayList<>();
        new TagRetention(reading).each(repository.number(), asking, verdict -> {
            if (verdict.isUnread()) {
                unread.add(verdict.manifest());
            }
        });
        reading.rollback();
        noting.setAutoCommit(true);
        ImageAge ages = new ImageAge(new TagRetention(noting), storage);
        for (long manifest : unread) {
            if (!run.isOver()) {
                ages.note(repository.number(), manifest);
            }
        }
        noting.setAutoCommit(false);
    }

    private void delete(Connection reading, Connection deleting, Repository repository, String asking)
            throws SQLException {
        List<Verdict> going = new ArrayList<>();
        new TagRetention(reading).each(repository.number(), asking, verdict -> {
            looked++;
            if (verdict.goes() && !run.isOver()) {
                going.add(verdict);
            }
            if (going.size() == BATCH) {
                delete(deleting, repository, going);
                going.clear();
            }
        });
        delete(deleting, repository, going);
    }

    private void delete(Connection deleting, Repository repository, List<Verdict> going) throws SQLException {
        List<Verdict> batch = List.copyOf(going);
        deleted += ConnectionTransaction.run(deleting, transaction -> {
            TagRetention tags = new TagRetention(transaction);
            if (!tags.isStillCalled(repository)) { // other rules may be for its name of today
                return 0;
            }
            List<Deleted> gone = tags.delete(repository.number(), batch, restorable);
            events.record(transaction, repository.name(), gone);
            return gone.size();
        });
        run.tell(done());
    }
}
