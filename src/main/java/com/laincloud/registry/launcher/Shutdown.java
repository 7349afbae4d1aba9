package com.laincloud.registry.launcher;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The orderly end on SIGTERM and SIGINT: notice to those who ask for readiness, no new connections, an end to those that clients
 * keep ({@link EndingFilter}), then the requests in flight get their time, then the process exits, in the course of which the
 * server stops the application and the application its database. Payara by itself would cut every transfer after two seconds.
 */
final class Shutdown {

    /** What is left to the application and its database. */
    private static final Duration AFTER_DRAIN = Duration.ofMillis(1500);

    private static final int PAUSE_MILLIS = 20;

    private final Duration notice;
    private final Duration drainLimit;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean isDrained;

    /**
     * @param notice how long readiness says so before new connections are refused
     * @param drainLimit how long requests may take to end
     */
    Shutdown(Duration notice, Duration drainLimit) {
        this.notice = notice;
        this.drainLimit = drainLimit;
    }

    void handleSignals() {
        Signals.handle("TERM", this::begin);
        Signals.handle("INT", this::begin);
    }

    boolean hasBegun() {
        return begun.get();
    }

    /** Whether the requests in flight had their time. */
    boolean isDrained() {
        return isDrained;
    }

    private void begin() {
        if (begun.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("exit-limit").start(this::endAfterLimit);
            Thread.ofPlatform().name("shutdown").start(this::drainAndExit);
        }
    }

    @SuppressWarnings("SystemExitOutsideMain") // the end of the process is what this class is about
    private void drainAndExit() {
        System.setProperty("registry.state", "ending");
        pause(notice);
        HttpListener.stopAccepting();
        Instant end = Instant.now().plus(drainLimit);
        awaitRequests(end);
        isDrained = true;
        pause(Duration.ofMillis(PAUSE_MILLIS)); // for what was let in just before
        awaitRequests(end);
        Launcher.silenceServer();
        System.exit(0);
    }

    private static void awaitRequests(Instant end) {
        while (requestsInFlight() > 0 && Instant.now().isBefore(end)) {
            pause(Duration.ofMillis(PAUSE_MILLIS));
        }
    }

    /** A server that does not come to its end must not keep its supervisor waiting: the database survives that. */
    private void endAfterLimit() {
        pause(notice.plus(drainLimit).plus(AFTER_DRAIN));
        EmbeddedDatabase.endAtOnce();
        Runtime.getRuntime().halt(0);
    }

    private static long requestsInFlight() {
        return requests("Count");
    }

    /** How many requests have ended since the start. */
    static long endedRequests() {
        return requests("Ended");
    }

    private static long requests(String attribute) {
        try {
            return ((Number) ManagementFactory.getPlatformMBeanServer()
                            .getAttribute(new ObjectName("com.laincloud.registry:type=RequestsInFlight"), attribute))
                    .longValue();
        } catch (JMException e) {
            return 0; // the application is not there (yet, or any more)
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
