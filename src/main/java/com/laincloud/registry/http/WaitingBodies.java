package com.laincloud.registry.http;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.connector.WaitingClients;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The bodies of requests that have not come yet. A thread waits for each, so that each has a place among the
 * {@link WaitingClients}; those that do not come fast enough ({@code http.minrate}) are given up.
 */
@Singleton
public class WaitingBodies {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final CurrentSettings settings;
    private final WaitingClients clients;
    private final ScheduledFuture<?> timer;

    @Inject
    WaitingBodies(CurrentSettings settings, WaitingClients clients, ManagedScheduledExecutorService scheduler) {
        this.settings = settings;
        this.clients = clients;
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
        if (!clients.enter(body)) {
            throw new NoPlaceException();
        }
    }

    /** Gives a place back. */
    void leave(PacedBody body) {
        clients.leave(body);
    }

    private void endSlow() {
        long least = settings.get().http().minRate() * WINDOW.toSeconds();
        long now = System.nanoTime();
        clients.forEach(client -> {
            if (client instanceof PacedBody body && !body.isPaced(now, WINDOW, least)) {
                body.giveUp();
            }
        });
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
