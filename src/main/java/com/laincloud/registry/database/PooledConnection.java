package com.laincloud.registry.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A connection for the pool, which asks {@link Connection#isValid} before it hands one out. It is, while it leads to a server that
 * answers and can write; the server is asked once a second, and after each {@linkplain Outage outage} that anything met. A server
 * that is silent to all ends all of them, so that only one waits for it.
 */
final class PooledConnection implements InvocationHandler {

    private static final long REST = Duration.ofSeconds(1).toNanos();
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final Set<PooledConnection> OPEN = ConcurrentHashMap.newKeySet();
    private static final AtomicLong SUSPECTED_AT = new AtomicLong(System.nanoTime());
    private static final AtomicLong HEARD_AT = new AtomicLong(System.nanoTime());

    private final Connection connection;
    private final long openedAt = System.nanoTime();
    private volatile long answeredAt = openedAt;

    private PooledConnection(Connection connection) {
        this.connection = connection;
    }

    static Connection of(Connection connection) {
        PooledConnection pooled = new PooledConnection(connection);
        OPEN.add(pooled);
        return (Connection) Proxy.newProxyInstance(
                PooledConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, pooled);
    }

    /**
     * Asks on a connection for no longer than a server may be silent. One that gave no answer to others either, meanwhile, loses
     * the connections that there were.
     */
    static <T> T briefly(Connection connection, ConnectionTransaction.Work<T> question) throws SQLException {
        int patience = connection.getNetworkTimeout();
        int silence = (int) SILENCE.toMillis();
        long asked = System.nanoTime();
        connection.setNetworkTimeout(Runnable::run, patience == 0 ? silence : Math.min(patience, silence));
        try {
            T answer = question.on(connection);
            HEARD_AT.set(System.nanoTime());
            return answer;
        } catch (SQLException e) {
            if (System.nanoTime() - asked >= SILENCE.toNanos() && asked - HEARD_AT.get() > 0) {
                OPEN.stream().filter(open -> asked - open.openedAt > 0).forEach(PooledConnection::abandon);
            }
            throw e;
        } finally {
            setPatience(connection, patience);
        }
    }

    private static void setPatience(Connection connection, int patience) {
        try {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, patience);
            }
        } catch (SQLException e) {
            // it broke, and is not used again
        }
    }

    /** Has every connection ask its server before it is handed out again. */
    static void suspectAll() {
        SUSPECTED_AT.set(System.nanoTime());
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getName().equals("isValid")) {
            return isValid();
        }
        if (method.getName().equals("close")) {
            OPEN.remove(this);
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private boolean isValid() {
        boolean isKnown = answeredAt - SUSPECTED_AT.get() > 0 && System.nanoTime() - answeredAt < REST;
        try {
            return !connection.isClosed() && (isKnown || briefly(connection, this::isAnsweredByPrimary));
        } catch (SQLException e) {
            return false;
        }
    }

    private boolean isAnsweredByPrimary(Connection asked) throws SQLException {
        long now = System.nanoTime();
        boolean isPrimary = Rows.query(asked, "select not pg_is_in_recovery()", row -> row.getBoolean(1))
                .contains(true);
        answeredAt = now;
        return isPrimary;
    }

    private void abandon() {
        OPEN.remove(this);
        try {
            try {
                ServerOrder.fellSilent(connection); // before another is opened instead
            } finally {
                connection.abort(Runnable::run);
            }
        } catch (SQLException e) {
            // it is closed
        }
    }
}
