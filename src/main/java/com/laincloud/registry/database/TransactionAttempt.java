package com.laincloud.registry.database;

import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.util.function.Supplier;

/** One attempt of a {@link Transaction}. */
@Singleton
public class TransactionAttempt {

    /** Does the work in a transaction, which is rolled back if it throws. */
    @Transactional
    public <T> T get(Supplier<T> work) {
        return work.get();
    }
}
