package com.laincloud.registry.jobs;

import com.laincloud.registry.config.Schedule;
import java.time.Duration;
import java.util.Optional;

/**
 * Work that is done from time to time. It takes no input. It can be run again at any moment: what an earlier run did, even
 * one that was cut off, is left as it is, and what that run did not do is done. Two runs at once do no harm, though they are
 * avoided.
 */
public interface Job {

    /** What it is called in {@code audit.job_run} and in the log: words in lower case with hyphens, at most 64 characters. */
    String name();

    /** From the beginning of one run to that of the next, unless there is a schedule. Asked each time. */
    Duration interval();

    /**
     * The moments of its runs. One that comes while it runs is passed by; one that came while no server ran is made up for at
     * the next start. Asked each time.
     */
    default Optional<Schedule> schedule() {
        return Optional.empty();
    }

    /** How long after the start of a server its first run begins at the latest; the moment itself is random. */
    default Duration firstWithin() {
        Duration hour = Duration.ofHours(1);
        return interval().compareTo(hour) < 0 ? interval() : hour;
    }

    /** Whether there is anything to run for now. Asked before each run, and at least once a minute. */
    default boolean isWanted() {
        return true;
    }

    /** Whether a run may be gone on with now that a command had begun, though none is {@linkplain #isWanted() wanted}. */
    default boolean mayBeRequested() {
        return false;
    }

    /**
     * Does the work, and ends soon after {@code run} is over.
     *
     * @return what was done, in one line for people
     * @throws java.util.concurrent.CancellationException if it ended because the run is over
     */
    String run(JobRun run);
}
