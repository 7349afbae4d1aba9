package com.laincloud.registry.connector;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The clients that a thread waits for, each: for bytes that it is to send, or to read. There are only so many; when there is no
 * room for one more, the one that has been silent for longest is given up.
 */
@Singleton
public class WaitingClients {

    /** Half of the threads that answer requests. */
    private static final int LIMIT = 64;

    /** Silence that costs a client its place if another needs it. */
    private static final Duration SILENCE = Duration.ofSeconds(3);

    /** How long a request waits for the place of one that is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Semaphore places = new Semaphore(LIMIT, true);

    /** Few may wait for a place, since each keeps a thread from those who need none. */
    private final Semaphore waiting = new Semaphore(LIMIT / 8);

    private final Set<WaitingClient> clients = ConcurrentHashMap.newKeySet();

    /** A client that is waited for. */
    public interface WaitingClient {

        /** How long it has been waited for without a byte, in nanoseconds. */
        long silence(long now);

        /** Whether {@link #giveUp} was called. */
        boolean isGivenUp();

        /** Has the thread that waits for it go on, and give its place back. */
        void giveUp();
    }

    /**
     * Takes a place for a client, to be given back with {@link #leave}.
     *
     * @return false if there is none
     */
    public boolean enter(WaitingClient client) {
        boolean isEntered = places.tryAcquire() || acquireAfterSilent();
        if (isEntered) {
            clients.add(client);
        }
        return isEntered;
    }

    /** Gives a place back, if the client has one. */
    public void leave(WaitingClient client) {
        if (clients.remove(client)) {
            places.release();
        }
    }

    /** Does something with all that have a place. */
    public void forEach(Consumer<WaitingClient> action) {
        clients.forEach(action);
    }

    private boolean acquireAfterSilent() {
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            return acquireInsteadOfSilent();
        } finally {
            waiting.release();
        }
    }

    private boolean acquireInsteadOfSilent() {
        long now = System.nanoTime();
        Optional<WaitingClient> silent = clients.stream()
                .filter(client -> !client.isGivenUp() && client.silence(now) > SILENCE.toNanos())
                .max(Comparator.comparingLong(client -> client.silence(now)));
        silent.ifPresent(WaitingClient::giveUp);
        try {
            return silent.isPresent() && places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
