package com.laincloud.registry.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/**
 * How often something is done that may fail for a moment: five times at most, none of them later than after about two seconds.
 * Pauses after an outage grow.
 */
final class Attempts {

    private static final int MOST = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int LONGEST_PAUSE = 50;
    private static final int FIRST_PAUSE_OF_OUTAGE = 75;

    private final long end = System.nanoTime() + PATIENCE.toNanos();
    private int made = 1;

    /** What is asked on a connection that is closed then; again on another one if it broke and no transaction is at hand. */
    static <T> T reading(DataSource database, ConnectionTransaction.Work<T> question) throws SQLException {
        Attempts attempts = new Attempts();
        while (true) {
            boolean isAlone = !Transaction.isAtHand();
            try (Connection connection = database.getConnection()) {
                isAlone = connection.getAutoCommit();
                return isAlone ? PooledConnection.briefly(connection, question) : question.on(connection);
            } catch (SQLException e) {
                if (!isAlone || !attempts.goOnAfter(e)) {
                    throw e;
                }
            }
        }
    }

    /** Whether to try again after an outage; returns after a pause. */
    boolean goOnAfter(Throwable failure) {
        if (!Outage.isBehind(failure)) {
            return false;
        }
        PooledConnection.suspectAll();
        return goOn(FIRST_PAUSE_OF_OUTAGE << (made - 1));
    }

    /** Whether to try again after a meeting with others; returns after a pause of random length, so that two do not meet again. */
    boolean goOnAfterMeeting() {
        return goOn(ThreadLocalRandom.current().nextInt(1, LONGEST_PAUSE));
    }

    private boolean goOn(int pause) {
        if (made == MOST || System.nanoTime() > end) {
            return false;
        }
        made++;
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server is going down; the next attempt fails
        }
        return true;
    }
}
