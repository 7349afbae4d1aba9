package com.laincloud.registry.jobs;

import java.time.Duration;

/** Rests for as long as the work took, so that others are served meanwhile. */
public final class Pace {

    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    private final boolean rests;
    private long begin = System.nanoTime();

    /** @param rests whether it rests at all */
    public Pace(boolean rests) {
        this.rests = rests;
    }

    /** Rests after what was done since the last rest, at most a second. */
    public void rest() throws InterruptedException {
        if (rests) {
            Thread.sleep(Duration.ofNanos(Math.min(System.nanoTime() - begin, LONGEST_REST.toNanos())));
        }
        begin = System.nanoTime();
    }
}
