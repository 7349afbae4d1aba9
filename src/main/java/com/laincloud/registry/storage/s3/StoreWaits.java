package com.laincloud.registry.storage.s3;

import com.laincloud.registry.storage.StorageException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Those who wait for the store. There are only so many at once, and only so many wait for their turn, so that a store that says
 * nothing, or is slow, keeps no thread from what does without it.
 */
final class StoreWaits implements ExecutionInterceptor {

    /** Those of this process: its threads are the same, whatever they ask the store for. */
    static final StoreWaits ALL = new StoreWaits();

    /** Of the 128 threads that answer requests. */
    private static final int AT_ONCE = 48;

    private static final int BEHIND = 40;

    /** A store that has given no answer for so long, while so many wait, is silent: a turn is not waited for. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** How long a turn is waited for before that is asked. Long enough for an answer, because silence may be rest. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final Semaphore places = new Semaphore(BEHIND);
    private volatile long heardAt = System.nanoTime();

    private StoreWaits() {}

    /** Does what has to wait for the store. Not for use within itself. */
    <T> T await(Supplier<T> answer) {
        enter();
        try {
            return answer.get();
        } finally {
            leave();
        }
    }

    /**
     * Takes a turn, to be given back with {@link #leave}.
     *
     * @throws StorageException if there is none, and too many wait for one
     */
    private void enter() {
        if (turns.tryAcquire()) {
            return;
        }
        if (!places.tryAcquire()) {
            throw refusal("the store is slow");
        }
        try {
            goOn();
        } finally {
            places.release();
        }
    }

    /**
     * As at the beginning of {@link #await}, for who has an answer of the store in part: to be given back with {@link #leave}.
     *
     * @throws StorageException if there is no turn, and the store is silent
     */
    void goOn() {
        try {
            while (!turns.tryAcquire(MOMENT.toMillis(), TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - heardAt > SILENCE.toNanos()) {
                    throw refusal("the store is silent");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StorageException.failed("interrupted while others waited for the store", null);
        }
    }

    private static StorageException refusal(String why) {
        return StorageException.failed(why + ", and " + AT_ONCE + " requests wait for it already", null);
    }

    void leave() {
        turns.release();
    }

    /** Also an answer that the client asks for again. */
    @Override
    public void afterTransmission(Context.AfterTransmission answer, ExecutionAttributes attributes) {
        heard();
    }

    /** Says that the store has sent something. */
    void heard() {
        heardAt = System.nanoTime();
    }
}
