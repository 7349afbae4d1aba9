package com.laincloud.registry.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Threads that share many things among them. */
final class Workers {

    private static final int AT_ONCE = 8;

    private Workers() {}

    /** Does the same with many things, several at once; the first failure ends it. */
    static <T> void each(List<T> things, Consumer<T> work) {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> all = new ArrayList<>();
            things.forEach(thing -> all.add(threads.submit(() -> work.accept(thing))));
            try {
                for (Future<?> one : all) {
                    one.get();
                }
            } finally {
                all.forEach(one -> one.cancel(false));
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }
}
