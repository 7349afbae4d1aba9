package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Tally.Counts;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.IndexedRepository;
import com.laincloud.registry.oci.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/** The passes over the tree, as the database knows them: at most one is unfinished, whichever instance works on it. */
final class Adoptions {

    private static final String UNFINISHED = "select id, verifies from adoption where finished_at is null";

    private final Transactions transactions;

    Adoptions(Transactions transactions) {
        this.transactions = transactions;
    }

    /**
     * A pass.
     *
     * @param verifies whether every byte is read and hashed
     * @param isResumed whether some earlier run began it
     */
    record Pass(long id, boolean verifies, boolean isResumed) {}

    /** The look-up of the unfinished pass's number. */
    static Lookup<Long> unfinished(DataSource database) {
        return new Lookup<>(database, UNFINISHED, row -> row.getLong(1));
    }

    /**
     * A pass as a request sees it.
     *
     * @param isFinished so lately that the request may have looked for something before the pass brought it
     */
    record Seen(long id, boolean isFinished) {}

    /** The look-up of the unfinished pass, or else of one that has just finished. */
    static Lookup<Seen> seen(DataSource database) {
        return new Lookup<>(database, """
                select id, finished_at is not null from adoption
                where finished_at is null or finished_at > now() - interval '30 seconds'
                order by finished_at desc nulls first limit 1""", row -> new Seen(row.getLong(1), row.getBoolean(2)));
    }

    private static Optional<Pass> unfinished(Connection connection) throws SQLException {
        return Rows.query(connection, UNFINISHED, row -> new Pass(row.getLong(1), row.getBoolean(2), true)).stream()
                .findFirst();
    }

    /** Begins a pass if there never was one and the index is empty. Returns whether there is an unfinished one now. */
    boolean beginOnEmptyIndex() {
        return transactions.run(connection -> {
            if (!IndexedRepository.isAny(connection)) {
                Rows.update(connection, """
                        insert into adoption (verifies) select false where not exists (select from adoption)
                        on conflict do nothing""");
            }
            return unfinished(connection).isPresent();
        });
    }

    /**
     * The unfinished pass, or else a new one. A pass that is to verify from now on looks again at what it has done so far.
     */
    Pass beginOrResume(boolean verifies) {
        return transactions.run(connection -> {
            Optional<Pass> unfinished = unfinished(connection);
            if (unfinished.isPresent() && (unfinished.get().verifies() || !verifies)) {
                return unfinished.get();
            }
            if (unfinished.isEmpty()) {
                Rows.update(connection, "delete from import_problem");
                Rows.update(connection, "insert into adoption (verifies) values (?)", verifies);
            }
            forget(connection);
            Rows.update(connection, "update adoption set verifies = ? where finished_at is null", verifies);
            Pass pass = unfinished(connection).orElseThrow();
            return new Pass(pass.id(), verifies, false);
        });
    }

    private static void forget(Connection connection) throws SQLException {
        Rows.update(connection, "delete from adopted_repository");
        Rows.update(connection, "delete from verified_blob");
    }

    /** The former names of repositories that were renamed, whose directories are left alone. */
    Set<String> renamed() {
        return new HashSet<>(transactions.run(IndexedRepository::formerNames));
    }

    /** The repositories that the unfinished pass is through with. */
    Set<String> done() {
        return new HashSet<>(transactions.run(
                connection -> Rows.query(connection, "select name from adopted_repository", row -> row.getString(1))));
    }

    /** Whether the unfinished pass is through with a repository, or it is a former name of one that was renamed. */
    boolean isDone(RepositoryName repository) {
        return transactions.run(connection -> IndexedRepository.isFormerName(connection, repository)
                || !Rows.query(
                                connection,
                                "select 1 from adopted_repository where name = ?",
                                row -> row.getLong(1),
                                repository.value())
                        .isEmpty());
    }

    /** Records problems that no repository is to tell of. */
    void record(List<Problem> problems) {
        transactions.run(connection -> {
            ProblemRows.add(connection, problems);
            return problems.size();
        });
    }

    /** Adds what was counted since the last time. */
    void count(Pass pass, long repositories, Counts counts) {
        transactions.run(connection -> Rows.update(
                connection,
                """
                update adoption
                set repositories = ?, repositories_done = (select count(*) from adopted_repository), links = links + ?,
                    blobs = blobs + ?, bytes = bytes + ?, manifests = manifests + ?, tags = tags + ?
                where id = ?""",
                repositories,
                counts.links(),
                counts.blobs(),
                counts.bytes(),
                counts.manifests(),
                counts.tags(),
                pass.id()));
    }

    /** What the pass has come to, over all its runs. */
    Summary summary(Pass pass) {
        return transactions.run(connection -> Rows.query(
                        connection,
                        """
                        select repositories_done, links, blobs, bytes, manifests, tags,
                               (select count(*) from import_problem where broken),
                               (select count(*) from import_problem where not broken)
                        from adoption where id = ?""",
                        row -> new Summary(
                                row.getLong(1),
                                new Counts(
                                        row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6)),
                                row.getLong(7),
                                row.getLong(8)),
                        pass.id())
                .getFirst());
    }

    /** Ends the pass, durably, and with it the protection of the tree's bytes. */
    void finish(Pass pass) {
        transactions.run(connection -> {
            Rows.update(connection, "set local synchronous_commit = on");
            Rows.update(connection, "update adoption set finished_at = now() where id = ?", pass.id());
            forget(connection);
            return pass;
        });
    }
}
