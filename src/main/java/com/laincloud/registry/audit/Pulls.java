package com.laincloud.registry.audit;

import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.request.Requester;
import jakarta.annotation.Priority;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * How often what is pulled. A pull waits for nothing: it is counted in memory, and what has come together is written every
 * ten seconds and when the server stops. A server that is killed loses these counts, and nothing else.
 */
@Singleton
public class Pulls {

    static final int MOST = 10_000;

    private static final System.Logger LOG = System.getLogger(Pulls.class.getName());
    private static final int SECONDS = 10;

    /** Little, because the server waits for the last counts when it stops. */
    private static final int PATIENCE_SECONDS = 3;

    private final DataSource database;
    private final Clock clock;
    private Map<Kind, Count> counts = new HashMap<>();
    private long uncounted;
    private @Nullable Future<?> writing;

    @Inject
    Pulls() {
        this(ConfiguredDataSource.withPatience(PATIENCE_SECONDS), Clock.systemUTC());
    }

    Pulls(DataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** @param tag empty for a pull by digest, as {@code actor} for one by a client without a name */
    private record Kind(String repository, String digest, String tag, String actor) {}

    private record Count(long pulls, Instant lastAt) {

        Count plus(Count other) {
            return new Count(pulls + other.pulls, lastAt.isAfter(other.lastAt) ? lastAt : other.lastAt);
        }
    }

    void start(
            @Observes @Initialized(ApplicationScoped.class) Object application,
            ManagedScheduledExecutorService scheduler) {
        writing = scheduler.scheduleWithFixedDelay(this::writeOrTell, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    void stop(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @BeforeDestroyed(ApplicationScoped.class)
                    Object application) {
        if (writing != null) {
            writing.cancel(false);
        }
        writeOrTell();
    }

    /**
     * Counts a pull of a manifest.
     *
     * @param reference by which it was asked for
     */
    public void count(RepositoryName repository, Reference reference, Digest digest, Requester requester) {
        Kind kind = new Kind(
                repository.value(),
                digest.toString(),
                reference instanceof Tag tag ? tag.name() : "",
                requester.actor() == null ? "" : requester.actor());
        add(kind, new Count(1, clock.instant()));
    }

    private synchronized void add(Kind kind, Count count) {
        if (counts.size() >= MOST && !counts.containsKey(kind)) {
            uncounted += count.pulls();
            return;
        }
        counts.merge(kind, count, Count::plus);
    }

    private void writeOrTell() {
        try {
            write();
        } catch (RuntimeException e) { // whatever it was: the next time must come
            LOG.log(Level.WARNING, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Writes what was counted since the last time.
     *
     * @throws DatabaseException if the database does not take it; it is kept then, for the next time
     */
    void write() {
        Map<Kind, Count> counted = take();
        if (counted.isEmpty()) {
            return;
        }
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local synchronous_commit = off");
            insert(connection, new ArrayList<>(counted.entrySet()));
            connection.commit();
        } catch (SQLException e) {
            counted.forEach(this::add);
            throw new DatabaseException("pulls could not be recorded yet: " + e.getMessage(), e);
        }
    }

    private synchronized Map<Kind, Count> take() {
        Map<Kind, Count> counted = counts;
        counts = new HashMap<>();
        if (uncounted > 0) {
            LOG.log(Level.WARNING, uncounted + " pulls were not recorded: there were too many different ones at once");
            uncounted = 0;
        }
        return counted;
    }

    /** In one order, so that two instances do not wait for each other. */
    private static void insert(Connection connection, List<Map.Entry<Kind, Count>> counted) throws SQLException {
        Rows.update(
                connection,
                """
                insert into pull (repository, digest, tag, actor, day, pulls, last_at)
                select repository, digest, tag, actor, (last_at at time zone 'UTC')::date, pulls, last_at
                from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::timestamptz[])
                     as counted (repository, digest, tag, actor, pulls, last_at)
                order by repository collate "C", digest collate "C", tag collate "C", actor
                on conflict (repository, digest, day, tag, actor)
                do update set pulls = pull.pulls + excluded.pulls, last_at = greatest(pull.last_at, excluded.last_at)""",
                Rows.texts(connection, counted, entry -> entry.getKey().repository()),
                Rows.texts(connection, counted, entry -> entry.getKey().digest()),
                Rows.texts(connection, counted, entry -> entry.getKey().tag()),
                Rows.texts(connection, counted, entry -> entry.getKey().actor()),
                Rows.numbers(connection, counted, entry -> entry.getValue().pulls()),
                Rows.times(connection, counted, entry -> entry.getValue().lastAt()));
    }
}
