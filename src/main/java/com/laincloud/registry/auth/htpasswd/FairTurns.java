package com.laincloud.registry.auth.htpasswd;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns at something that few may do at once, given to addresses one after the other: an address that asks for many waits for
 * its own, and others wait for one of its turns at most. Few may wait, because each holds a thread that answers requests.
 */
final class FairTurns {

    private final int atOnce;
    private final int mostWaiting;
    private final int mostWaitingOfAddress;

    /** Who waits, by address. The address whose turn is next is the first one. */
    private final Map<String, Deque<Waiter>> waiting = new LinkedHashMap<>();

    private int taken;

    /**
     * @param atOnce how many may have a turn at once
     * @param mostWaiting how many may wait
     * @param mostWaitingOfAddress how many of one address may wait
     */
    FairTurns(int atOnce, int mostWaiting, int mostWaitingOfAddress) {
        this.atOnce = atOnce;
        this.mostWaiting = mostWaiting;
        this.mostWaitingOfAddress = mostWaitingOfAddress;
    }

    private static final class Waiter {
        private final CountDownLatch isDecided = new CountDownLatch(1);
        private boolean hasTurn;
    }

    /**
     * Waits for a turn. With one, {@link #end} is to be called after it.
     *
     * @return false if none came in time, or too many wait already: those of the address that has most of them give way
     */
    boolean begin(String address, Duration patience) throws InterruptedException {
        Waiter waiter = new Waiter();
        synchronized (this) {
            if (taken < atOnce && waiting.isEmpty()) {
                taken++;
                return true;
            }
            if (!enqueue(address, waiter)) {
                return false;
            }
        }
        try {
            waiter.isDecided.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            if (leave(address, waiter)) {
                end();
            }
            throw e;
        }
        return leave(address, waiter);
    }

    private boolean enqueue(String address, Waiter waiter) {
        int own = waiting.getOrDefault(address, new ArrayDeque<>()).size();
        if (own >= mostWaitingOfAddress) {
            return false;
        }
        if (waiting() >= mostWaiting) {
            Map.Entry<String, Deque<Waiter>> largest = waiting.entrySet().stream()
                    .max(Comparator.comparingInt(queue -> queue.getValue().size()))
                    .orElseThrow();
            if (largest.getValue().size() <= own + 1) {
                return false;
            }
            largest.getValue().removeLast().isDecided.countDown();
        }
        waiting.computeIfAbsent(address, key -> new ArrayDeque<>()).addLast(waiter);
        return true;
    }

    /** @return whether the waiter has a turn */
    private synchronized boolean leave(String address, Waiter waiter) {
        Deque<Waiter> queue = waiting.get(address);
        if (!waiter.hasTurn && queue != null && queue.remove(waiter) && queue.isEmpty()) {
            waiting.remove(address);
        }
        return waiter.hasTurn;
    }

    /** How many wait. */
    synchronized int waiting() {
        return waiting.values().stream().mapToInt(Deque::size).sum();
    }

    /** Ends a turn: the next address has it. */
    synchronized void end() {
        taken--;
        if (waiting.isEmpty()) {
            return;
        }
        Map.Entry<String, Deque<Waiter>> first = waiting.entrySet().iterator().next();
        String address = first.getKey();
        Deque<Waiter> queue = first.getValue();
        waiting.remove(address);
        Waiter next = queue.removeFirst();
        if (!queue.isEmpty()) {
            waiting.put(address, queue); // behind all others
        }
        taken++;
        next.hasTurn = true;
        next.isDecided.countDown();
    }
}
