package com.laincloud.registry.database;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * A transaction within a method: what may take long is done before it, so that a storage that hangs keeps no row and no
 * connection. Where others came between its statements (a deadlock, or a row that one referred to was collected), it is done
 * again from its beginning, a few times: the client hears nothing of it.
 */
@Singleton
public class Transaction {

    private static final int ATTEMPTS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int LONGEST_PAUSE = 50;

    private final TransactionAttempt attempt;

    @Inject
    public Transaction(TransactionAttempt attempt) {
        this.attempt = attempt;
    }

    /**
     * Does the work in a transaction, which is rolled back if it throws. The work may be done several times, of which the last
     * counts.
     */
    public <T> T get(Supplier<T> work) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int number = 1; ; number++) {
            try {
                return attempt.get(work);
            } catch (RuntimeException e) {
                if (number == ATTEMPTS || System.nanoTime() > end || !isPassing(e)) {
                    throw e;
                }
            }
            pause();
        }
    }

    /** As {@link #get}, for work without a result. */
    public void run(Runnable work) {
        get(() -> {
            work.run();
            return true;
        });
    }

    private static boolean isPassing(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refusal) {
                return Rows.PASSING.contains(String.valueOf(refusal.getSQLState()));
            }
        }
        return false;
    }

    /** Of random length, so that two that met do not meet again. */
    private static void pause() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, LONGEST_PAUSE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server is going down; the next attempt fails
        }
    }
}
