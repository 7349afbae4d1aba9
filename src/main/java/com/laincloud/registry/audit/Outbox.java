package com.laincloud.registry.audit;

import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Lookup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events forward, in the order (epoch, transaction, number), for one who remembers how far it has come. Numbers are given
 * out before their transaction commits, so that one who remembers the last number loses what commits late: only what lies below
 * the oldest transaction that runs is read, and nothing comes there any more. A transaction that is open, in whatever database of
 * the cluster, is waited for.
 */
@Singleton
public class Outbox {

    /** Where nothing can be added any more: earlier clusters, and in this one what is older than each transaction that runs. */
    private static final String COMPLETE = """
            (epoch, tx) < ((select max(epoch) from database_cluster), pg_snapshot_xmin(pg_current_snapshot()))""";

    static final String PAGE = """
            select e.epoch, e.tx::text::int8, e.id, json_strip_nulls(json_build_object(
                'id', e.id,
                'occurred_at', to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'action', e.action, 'repository', e.repository, 'tag', e.tag, 'digest', e.digest,
                'previous_digest', e.previous_digest, 'media_type', e.media_type, 'size', e.size,
                'image_size', e.image_size, 'reused', e.reused, 'actor', e.actor, 'auth_method', e.auth_method,
                'client_address', host(e.client_address),
                'user_agent', (select user_agent from client where id = e.client), 'request_id', e.request_id))::text
            from event e
            where (epoch, tx, id) > (?::int2, ?::text::xid8, ?) and\s""" + COMPLETE + """

            order by e.epoch, e.tx, e.id limit ?""";

    private final Lookup<Entry> page;
    private final Lookup<End> end;
    private final Lookup<String> waiting;

    @Inject
    public Outbox(DataSource database) {
        this.page = Lookup.plannedAnew(
                database,
                PAGE,
                row -> new Entry(new Position(row.getShort(1), row.getLong(2), row.getLong(3)), row.getString(4)));
        this.end = new Lookup<>(database, """
                select max(epoch), pg_snapshot_xmin(pg_current_snapshot())::text::int8,
                       pg_snapshot_xmax(pg_current_snapshot())::text::int8
                from database_cluster""", row -> new End(row.getShort(1), row.getLong(2), row.getLong(3)));
        this.waiting = Lookup.plannedAnew(
                database, """
                select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from event
                where not\s""" + COMPLETE + " order by epoch, tx, id limit 1", row -> row.getString(1));
    }

    /**
     * A place between events; what follows it never changes but at its end.
     *
     * @param epoch the cluster of PostgreSQL, by the order in which the database has lived in it
     */
    public record Position(short epoch, long transaction, long id) {

        /** Before all that was recorded. */
        public static final Position FIRST = new Position((short) 0, 0, 0);

        /** What {@link #toString} has written; empty if it has not. */
        public static Optional<Position> parse(String text) {
            String[] parts = text.split("\\.", -1);
            if (parts.length != 3 || !text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))) {
                return Optional.empty();
            }
            try {
                return Optional.of(
                        new Position(Short.parseShort(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2])));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return epoch + "." + transaction + "." + id;
        }
    }

    /**
     * An event.
     *
     * @param position behind it
     * @param json an object with what the views of the audit schema have of it, under their names; nothing for what is null
     */
    public record Entry(Position position, String json) {}

    /**
     * @param oldest the oldest transaction that runs
     * @param next one that no transaction is yet
     */
    private record End(short epoch, long oldest, long next) {}

    /**
     * The next events, at most {@code limit}.
     *
     * @throws DatabaseException if the database cannot answer
     */
    public List<Entry> after(Position position, int limit) {
        return page.all(position.epoch(), Long.toString(position.transaction()), position.id(), limit);
    }

    /**
     * The position behind all that can be read now.
     *
     * @throws DatabaseException if the database cannot answer
     */
    public Position end() {
        End now = end.first().orElseThrow();
        return new Position(now.epoch(), now.oldest() - 1, Long.MAX_VALUE);
    }

    /**
     * Whether a position may have been told by this database. One that may not is of a database that was set back since: what comes
     * now may lie before it, and would be passed by.
     *
     * @throws DatabaseException if the database cannot answer
     */
    public boolean isKnown(Position position) {
        End now = end.first().orElseThrow();
        return position.epoch() < now.epoch()
                || (position.epoch() == now.epoch() && position.transaction() < now.next());
    }

    /**
     * When the first event was recorded that cannot be read yet, because an older transaction is open; null if there is none.
     *
     * @throws DatabaseException if the database cannot answer
     */
    public @Nullable String waitingSince() {
        return waiting.first().orElse(null);
    }
}
