package com.laincloud.registry.database.embedded;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * Starts the server again when it dies: killed for want of memory, or by its own fault. It keeps its port and its passwords, so
 * that those who use it find it again by themselves. Between two starts that fail the pause grows.
 */
final class ServerWatch {

    private static final System.Logger LOG = System.getLogger(ServerWatch.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** So often it is looked for before it is taken for dead. */
    private static final int ATTEMPTS = 4;

    /** A server that lived for so long had started: what killed it since may be over, and waiting would mend nothing. */
    private static final Duration STEADY = Duration.ofSeconds(5);

    private final ServerProcess server;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("postgresql-watch").unstarted(this::watch);
    private volatile boolean over;

    ServerWatch(ServerProcess server) {
        this.server = server;
    }

    void begin() {
        thread.start();
    }

    /** Ends the watch; a start that is on its way ends first. */
    void end() {
        over = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!over) {
                long begin = System.nanoTime();
                awaitEnd();
                if (System.nanoTime() - begin > STEADY.toNanos()) {
                    pause = FIRST_PAUSE;
                }
                LOG.log(Level.ERROR, "PostgreSQL has ended; it is started again");
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                restart();
            }
        } catch (InterruptedException e) {
            // the watch is over
        }
    }

    private void awaitEnd() throws InterruptedException {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<ProcessHandle> process = server.process();
            if (process.isPresent()) {
                try {
                    process.get().onExit().get();
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e); // an end is no failure of the future
                }
                return;
            }
            Thread.sleep(FIRST_PAUSE);
        }
    }

    private void restart() {
        if (over) {
            return;
        }
        try {
            server.stopOrphans();
            server.start();
            LOG.log(Level.INFO, "PostgreSQL runs again");
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, e.getMessage());
        }
    }
}
