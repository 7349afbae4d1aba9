package com.laincloud.registry.database;

import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.util.function.Supplier;

/**
 * A transaction within a method: what may take long is done before it, so that a storage that hangs keeps no row and no
 * connection.
 */
@Singleton
public class Transaction {

    /** Does the work in a transaction, which is rolled back if it throws. Joins the caller's transaction where there is one. */
    @Transactional
    public <T> T get(Supplier<T> work) {
        return work.get();
    }

    /** As {@link #get}, for work without a result. */
    @Transactional
    public void run(Runnable work) {
        work.run();
    }
}
