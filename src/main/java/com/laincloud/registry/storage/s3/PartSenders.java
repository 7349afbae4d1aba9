package com.laincloud.registry.storage.s3;

import com.laincloud.registry.storage.StorageException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Threads that send parts, no more at once than this instance may have on their way, and others that have the store copy some,
 * which takes nothing of this machine.
 */
final class PartSenders implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PartSenders.class.getName());
    private static final int AT_ONCE = 16;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore sending = new Semaphore(AT_ONCE);
    private final Semaphore copying = new Semaphore(AT_ONCE);

    /** Waits for its turn, and begins to send. */
    <T> Future<T> send(Supplier<T> part) {
        return begin(part, sending);
    }

    /** Waits for its turn, and begins to have the store copy. */
    <T> Future<T> copy(Supplier<T> part) {
        return begin(part, copying);
    }

    private <T> Future<T> begin(Supplier<T> part, Semaphore free) {
        try {
            free.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StorageException.failed("interrupted while parts were sent", null);
        }
        try {
            return threads.submit(() -> {
                try {
                    return part.get();
                } finally {
                    free.release();
                }
            });
        } catch (RejectedExecutionException e) {
            free.release();
            throw StorageException.failed("the registry stops", new IOException(e));
        }
    }

    /** Does something beside; not at all once the registry stops. */
    void later(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the registry stops, and leaves parts to the next purge of uploads", e);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
