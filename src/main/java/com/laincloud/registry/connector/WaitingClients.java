package com.laincloud.registry.connector;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * The clients that a thread waits for, each: for bytes that it is to send, or to read. There are only so many; when there is no
 * room for one more, the one that has been silent for longest is given up.
 */
@Singleton
public class WaitingClients {

    /** Of the 128 threads that answer requests, those that may wait for a client. */
    private static final int LIMIT = 112;

    /** Those that may wait for a client that sends: a client that reads has something to show for it, one that sends has not. */
    private static final int SENDING_LIMIT = 64;

    /** Silence that costs a client its place if another needs it. */
    private static final Duration SILENCE = Duration.ofSeconds(3);

    /** How long a request waits for the place of one that is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final long PAUSE = 10;

    private final Semaphore places = new Semaphore(LIMIT);
    private final Semaphore sendingPlaces = new Semaphore(SENDING_LIMIT);

    /** Few may wait for a place, since each keeps a thread from those who need none. */
    private final Semaphore waiting = new Semaphore((128 - LIMIT) / 2);

    private final Set<WaitingClient> clients = ConcurrentHashMap.newKeySet();

    /** A client that is waited for. */
    public interface WaitingClient {

        /** Whether it is to send, or else to read. */
        boolean isSending();

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
        boolean isEntered = acquire(client) || acquireAfterSilent(client);
        if (isEntered) {
            clients.add(client);
        }
        return isEntered;
    }

    /** Gives a place back, if the client has one. */
    public void leave(WaitingClient client) {
        if (clients.remove(client)) {
            places.release();
            if (client.isSending()) {
                sendingPlaces.release();
            }
        }
    }

    /** Does something with all that have a place. */
    public void forEach(Consumer<WaitingClient> action) {
        clients.forEach(action);
    }

    private boolean acquire(WaitingClient client) {
        if (client.isSending() && !sendingPlaces.tryAcquire()) {
            return false;
        }
        boolean isAcquired = places.tryAcquire();
        if (!isAcquired && client.isSending()) {
            sendingPlaces.release();
        }
        return isAcquired;
    }

    private boolean acquireAfterSilent(WaitingClient client) {
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            boolean mustSend = client.isSending() && sendingPlaces.availablePermits() == 0;
            return giveUpSilent(mustSend) && acquireSoon(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.release();
        }
    }

    /** @param mustSend whether only the place of one that sends is of use */
    private boolean giveUpSilent(boolean mustSend) {
        long now = System.nanoTime();
        Optional<WaitingClient> silent = clients.stream()
                .filter(client -> client.isSending() || !mustSend)
                .filter(client -> !client.isGivenUp() && client.silence(now) > SILENCE.toNanos())
                .max(Comparator.comparingLong(client -> client.silence(now)));
        silent.ifPresent(WaitingClient::giveUp);
        return silent.isPresent();
    }

    private boolean acquireSoon(WaitingClient client) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!acquire(client)) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(PAUSE);
        }
        return true;
    }
}
