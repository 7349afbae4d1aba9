package com.laincloud.registry.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Puts look-ups in repositories that would wait for each other anyway into one query. While a query runs, the next callers
 * gather; when it has ended, one query answers all of them. No caller is answered by a query that began before the call, so
 * it always sees what was committed before. A caller that is alone waits for no other.
 *
 * <p>Not to be used in a transaction: it holds a connection, which the thread that asks for all may need.
 */
public final class SharedLookup<T> {

    /** Bounds what one answer may hold in memory. */
    private static final int MOST_AT_ONCE = 16;

    /** A batch that has waited this long for its turn asks all the same: the query before may be stuck. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Lookup<Found<T>> lookup;
    private final Semaphore turn = new Semaphore(1);
    private Batch<T> gathering = new Batch<>();

    /**
     * A look-up of one thing by its repository's name and its own name within it.
     *
     * <p>The query is asked once for each, by a lateral join that cannot become any other join: what it costs for one does
     * not depend on how many there are.
     *
     * @param sql a query that finds the thing called {@code asked.name} in {@code asked.repository}
     * @param row reads what is found
     */
    public SharedLookup(DataSource database, String sql, Rows.Read<T> row) {
        this.lookup =
                new Lookup<>(database, """
                select found.*, asked.position
                from unnest(?, ?) with ordinality as asked (repository, name, position)
                cross join lateral (%s limit 1) as found""".formatted(sql), result -> new Found<>(position(result), row.from(result)));
    }

    private static int position(ResultSet result) throws SQLException {
        return result.getInt(result.getMetaData().getColumnCount());
    }

    private record Name(String repository, String name) {}

    /** A thing, and which of the names it was asked by, from 1. */
    private record Found<T>(int position, T thing) {}

    /**
     * The thing of this name in the repository, if there is one.
     *
     * @throws DatabaseException if the database cannot answer
     */
    public Optional<T> find(String repository, String name) {
        Name asked = new Name(repository, name);
        Batch<T> batch;
        boolean isFirst;
        synchronized (this) {
            if (gathering.names.size() == MOST_AT_ONCE) {
                gathering = new Batch<>();
            }
            batch = gathering;
            isFirst = batch.names.isEmpty();
            batch.names.add(asked);
        }
        if (isFirst) {
            ask(batch);
        }
        return batch.answer(asked);
    }

    /** The first of a batch waits for the turn of all. */
    private void ask(Batch<T> batch) {
        boolean isOurs = false;
        try {
            isOurs = turn.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            close(batch);
            batch.fill(lookup);
        } catch (RuntimeException e) {
            batch.failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            batch.failure = new IllegalStateException("interrupted before the database was asked", e);
        } catch (Error e) { // the waiting callers must not take it for the answer that there is nothing
            batch.failure = new IllegalStateException("a look-up for several failed", e);
            throw e;
        } finally {
            close(batch);
            if (isOurs) {
                turn.release();
            }
            batch.isAnswered.countDown();
        }
    }

    /** Closes a batch: later callers gather in another one. */
    private synchronized void close(Batch<T> batch) {
        if (gathering == batch) {
            gathering = new Batch<>();
        }
    }

    private static final class Batch<T> {

        private final Set<Name> names = new LinkedHashSet<>();
        private final Map<Name, T> things = new HashMap<>();
        private final CountDownLatch isAnswered = new CountDownLatch(1);
        private @Nullable RuntimeException failure;

        void fill(Lookup<Found<T>> lookup) {
            List<String> repositories = new ArrayList<>(names.size());
            List<String> namesWithin = new ArrayList<>(names.size());
            for (Name name : names) {
                repositories.add(name.repository());
                namesWithin.add(name.name());
            }
            List<Name> asked = List.copyOf(names);
            lookup.all(repositories.toArray(String[]::new), namesWithin.toArray(String[]::new))
                    .forEach(found -> things.put(asked.get(found.position() - 1), found.thing()));
        }

        Optional<T> answer(Name name) {
            try {
                isAnswered.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the database was asked", e);
            }
            if (failure != null) {
                throw failure;
            }
            return Optional.ofNullable(things.get(name));
        }
    }
}
