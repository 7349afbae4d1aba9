package com.laincloud.registry.database;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A transaction within a method: what may take long is done before it, so that a storage that hangs keeps no row and no
 * connection. Where others came between its statements (a deadlock, or a row that one referred to was collected), or its
 * connection broke, it is done again from its beginning, a few times: the client hears nothing of it. Where the answer to its
 * commit was lost, what it wrote tells whether it was committed; it is done again only if it was not.
 */
@Singleton
public class Transaction {

    private static final ThreadLocal<@Nullable Deque<Witness>> AT_HAND = new ThreadLocal<>();

    private final TransactionAttempt attempt;
    private final @Nullable DataSource database;

    /** @param database other connections than the one a transaction has */
    @Inject
    public Transaction(TransactionAttempt attempt, DataSource database) {
        this.attempt = attempt;
        this.database = database;
    }

    /** Transactions on the only connection there is, with which they end when it breaks. */
    Transaction(TransactionAttempt attempt) {
        this.attempt = attempt;
        this.database = null;
    }

    /** Says what tells whether the transaction at hand was committed; the first one is enough. */
    public static void addWitness(Witness witness) {
        Deque<Witness> witnesses = AT_HAND.get();
        if (witnesses != null && witnesses.isEmpty()) {
            witnesses.add(witness);
        }
    }

    /** Whether this thread is in one, which is done again as a whole. */
    static boolean isAtHand() {
        return AT_HAND.get() != null;
    }

    /**
     * Does the work in a transaction, which is rolled back if it throws. The work may be done several times, of which the last
     * counts; without a witness, one before it may have been committed as well.
     */
    public <T> T get(Supplier<T> work) {
        if (isAtHand()) {
            return attempt.get(work); // a part of the one at hand, which is done again as a whole
        }
        Attempts attempts = new Attempts();
        while (true) {
            Deque<Witness> witnesses = new ArrayDeque<>();
            List<T> result = new ArrayList<>(1);
            try {
                return attempt(witnesses, () -> {
                    result.add(work.get());
                    return result.getFirst();
                });
            } catch (RuntimeException e) {
                if (!result.isEmpty() && isCommitted(witnesses, attempts, e)) {
                    return result.getFirst();
                }
                if (!isWorthwhile(attempts, e)) {
                    throw e;
                }
            }
        }
    }

    private <T> T attempt(Deque<Witness> witnesses, Supplier<T> work) {
        AT_HAND.set(witnesses);
        try {
            return attempt.get(work);
        } finally {
            AT_HAND.remove();
        }
    }

    /** As {@link #get}, for work without a result. */
    public void run(Runnable work) {
        get(() -> {
            work.run();
            return true;
        });
    }

    /** Whether a commit that failed took place nevertheless. Where that cannot be found out, nothing is done again. */
    private boolean isCommitted(Deque<Witness> witnesses, Attempts attempts, RuntimeException failure) {
        Witness witness = witnesses.peek();
        if (database == null || witness == null || !Outage.isBehind(failure)) {
            return false;
        }
        try {
            Optional<Boolean> known = witness.isCommitted(database);
            while (known.isEmpty() && attempts.goOnAfter(failure)) {
                known = witness.isCommitted(database);
            }
            return known.orElseThrow(() -> failure);
        } catch (SQLException e) {
            failure.addSuppressed(e);
            throw failure;
        }
    }

    private boolean isWorthwhile(Attempts attempts, RuntimeException failure) {
        return isMeeting(failure) ? attempts.goOnAfterMeeting() : database != null && attempts.goOnAfter(failure);
    }

    private static boolean isMeeting(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refusal) {
                return Rows.PASSING.contains(String.valueOf(refusal.getSQLState()));
            }
        }
        return false;
    }
}
