package com.laincloud.registry.http;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The bodies of requests that have not come yet. A thread waits for each; so there are only so many, and those that do not come
 * fast enough ({@code http.minrate}) are given up. When there is no room for one more, the one that
 * has been silent for longest is given up earlier.
 */
@Singleton
public class WaitingBodies {

    /** Half of the threads that answer requests. */
    private static final int LIMIT = 64;

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Silence that costs a body its place if another needs it. */
    private static final Duration SILENCE = Duration.ofSeconds(3);

    /** How long a request waits for the place of one that is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final CurrentSettings settings;
    private final Semaphore places = new Semaphore(LIMIT, true);

    /** Few may wait for a place, since each keeps a thread from those who need none. */
    private final Semaphore waiting = new Semaphore(LIMIT / 8);

    private final Set<PacedBody> bodies = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> timer;

    @Inject
    WaitingBodies(CurrentSettings settings, ManagedScheduledExecutorService scheduler) {
        this.settings = settings;
        timer = scheduler.scheduleWithFixedDelay(
                this::endSlow, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        timer.cancel(false);
    }

    /**
     * Takes a place for a body, to be given back with {@link #leave}.
     *
     * @throws RegistryException {@link ErrorCode#UNAVAILABLE} if there is none
     */
    void enter(PacedBody body) {
        if (!places.tryAcquire() && !acquireAfterSilent()) {
            throw new NoPlaceException();
        }
        bodies.add(body);
    }

    /** Gives a place back. */
    void leave(PacedBody body) {
        if (bodies.remove(body)) {
            places.release();
        }
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
        Optional<PacedBody> silent = bodies.stream()
                .filter(body -> !body.isGivenUp() && body.silence(now) > SILENCE.toNanos())
                .max(Comparator.comparingLong(body -> body.silence(now)));
        silent.ifPresent(PacedBody::giveUp);
        try {
            return silent.isPresent() && places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void endSlow() {
        long least = settings.get().http().minRate() * WINDOW.toSeconds();
        long now = System.nanoTime();
        for (PacedBody body : bodies) {
            if (!body.isPaced(now, WINDOW, least)) {
                body.giveUp();
            }
        }
    }

    /** There are as many as there may be. */
    @SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
    private static final class NoPlaceException extends RegistryException {

        NoPlaceException() {
            super(ErrorCode.UNAVAILABLE, "too many requests wait for their bodies");
        }

        @Override
        public Map<String, String> headers() {
            return Map.of("Retry-After", "5");
        }
    }
}
