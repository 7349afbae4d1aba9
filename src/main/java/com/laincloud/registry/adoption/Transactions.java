package com.laincloud.registry.adoption;

import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.ConnectionTransaction.Work;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Rows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * Short transactions on a few connections of their own, apart from the pool of the container and its transactions. They do
 * not wait for the disk: what a crash takes back, the next run imports again. A later commit that waits for the disk waits
 * for them as well.
 */
final class Transactions implements AutoCloseable {

    /** Besides the usual ones, a row that came beneath a statement: another attempt sees it. */
    private static final Set<String> PASSING = Set.of("40P01", Rows.TRY_AGAIN, "23503", "23505");

    private final DataSource database;
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final BooleanSupplier isOver;

    /** On at most {@code connections} connections of {@code database}, which is no pool. */
    Transactions(DataSource database, int connections) {
        this(database, connections, () -> false);
    }

    /** @param isOver when to stop */
    Transactions(DataSource database, int connections, BooleanSupplier isOver) {
        this.database = database;
        this.permits = new Semaphore(connections);
        this.isOver = isOver;
    }

    /** Ends the work of all threads that use this soon, with a {@link CancellationException}. */
    void stop() {
        stopped.set(true);
    }

    /** @throws CancellationException after {@link #stop} */
    void requireRunning() {
        if (stopped.get() || isOver.getAsBoolean()) {
            throw new CancellationException("the import was stopped");
        }
    }

    /**
     * Does the work.
     *
     * @throws DatabaseException if the database fails; nothing of the work is done then
     * @throws CancellationException after {@link #stop}
     */
    <T> T run(Work<T> work) {
        requireRunning();
        permits.acquireUninterruptibly();
        try {
            return onConnection(work);
        } catch (SQLException e) {
            throw new DatabaseException("the database failed during an import: " + e.getMessage(), e);
        } finally {
            permits.release();
        }
    }

    /** One that a failure has left unusable is not kept. */
    private <T> T onConnection(Work<T> work) throws SQLException {
        Connection connection = borrow();
        boolean usable = false;
        try {
            T result = ConnectionTransaction.run(connection, PASSING, transaction -> {
                Rows.update(transaction, "set local synchronous_commit = off"); // a pass that is cut off does it again
                return work.on(transaction);
            });
            usable = true;
            return result;
        } finally {
            if (usable) {
                idle.push(connection);
            } else {
                connection.close();
            }
        }
    }

    private Connection borrow() throws SQLException {
        Connection connection = idle.poll();
        return connection == null ? open() : connection;
    }

    private Connection open() throws SQLException {
        Connection connection = database.getConnection();
        try {
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Closes the connections that are idle at the moment. */
    void closeIdle() {
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            try {
                connection.close();
            } catch (SQLException e) {
                // it is gone all the same
            }
        }
    }

    @Override
    public void close() {
        closeIdle();
    }
}
