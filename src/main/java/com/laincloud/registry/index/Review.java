package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * A queue of things that may be garbage. A batch of it is one transaction: due rows are claimed, the things are locked, and
 * whether something refers to them is asked by a statement of its own, for one that locks as well would see what was before it
 * had the lock. What others hold is passed by and stays in the queue. Any number of instances may work at once.
 */
public abstract class Review {

    private final String table;
    private final String columns;
    private final int size;

    Review(String table, String columns, int size) {
        this.table = table;
        this.columns = columns;
        this.size = size;
    }

    /** A place in the queue: what is due is looked at from there on. */
    public record Place(String since, long number) {

        /** Before all that was ever added. */
        public static final Place FIRST = new Place("-infinity", 0);
    }

    /**
     * What a batch did.
     *
     * @param looked how many rows it has claimed; none: nothing more is due
     * @param removed how many things it has removed
     * @param bytes of blobs that were removed
     * @param manifests those that were removed
     * @param end where the next batch begins
     */
    public record Batch(int looked, long removed, long bytes, List<CollectedManifest> manifests, Place end) {}

    /** A row of the queue. The thing is one number, or a repository's and a blob's. */
    record Claim(Place place, long repository, long thing) {

        long number() {
            return place.number();
        }
    }

    /** What the things of a batch came to: what was removed, and the claims that stay. */
    record Decision(long removed, long bytes, List<CollectedManifest> manifests, Set<Long> held) {}

    /**
     * Looks at the next things that are due, and removes those that nothing refers to.
     *
     * @param connection of a transaction that is committed afterwards, or rolled back
     * @param window how long a thing stays after the last reference to it went
     */
    public Batch collect(Connection connection, Duration window, Place after) throws SQLException {
        List<Claim> claims = claim(connection, window, after);
        if (claims.isEmpty()) {
            return new Batch(0, 0, 0, List.of(), after);
        }
        Decision decision = decide(connection, claims, window);
        forget(
                connection,
                claims.stream()
                        .filter(claim -> !decision.held().contains(claim.number()))
                        .toList());
        return new Batch(
                claims.size(),
                decision.removed(),
                decision.bytes(),
                decision.manifests(),
                claims.getLast().place());
    }

    private void forget(Connection connection, List<Claim> done) throws SQLException {
        Rows.update(
                connection,
                """
                delete from %s q using unnest(?::text[]::timestamptz[], ?::int8[]) as done (since, id)
                where q.since = done.since and q.id = done.id""".formatted(table),
                Rows.texts(connection, done, claim -> claim.place().since()),
                Rows.numbers(connection, done, Claim::number));
    }

    private List<Claim> claim(Connection connection, Duration window, Place after) throws SQLException {
        return Rows.query(
                connection,
                """
                select q.since::text, q.id, %s from %s q
                where (q.since, q.id) > (?::timestamptz, ?) and q.since <= now() - make_interval(secs => ?) and %s
                order by q.since, q.id limit %d for update skip locked""".formatted(columns, table, claimed(), size),
                row -> new Claim(new Place(row.getString(1), row.getLong(2)), row.getLong(3), row.getLong(4)),
                after.since(),
                after.number(),
                seconds(window));
    }

    /** Which rows may be claimed, besides that they are due: a condition in SQL. */
    String claimed() {
        return "true";
    }

    /** Removes what nothing refers to. */
    abstract Decision decide(Connection connection, List<Claim> claims, Duration window) throws SQLException;

    static double seconds(Duration window) {
        return window.toMillis() / 1000.0;
    }

    static java.sql.Array things(Connection connection, Collection<Claim> claims) throws SQLException {
        return Rows.numbers(connection, claims, Claim::thing);
    }
}
