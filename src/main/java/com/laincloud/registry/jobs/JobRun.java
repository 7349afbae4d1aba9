package com.laincloud.registry.jobs;

import java.util.Optional;

/** A run of a {@link Job}, as the job sees it. */
public interface JobRun {

    /** Whether to leave the rest for another run: the server stops, or another instance has taken over. */
    boolean isOver();

    /** Says how far it has come, in one line for people. Cheap: what is told goes to the database every few seconds. */
    void tell(String progress);

    /** Where the run before this one was cut off, as that said by {@link #reached}; empty if it came to its end. */
    default Optional<String> place() {
        return Optional.empty();
    }

    /** Says from where another run can go on. As cheap as {@link #tell}, and so a few seconds late. */
    default void reached(String place) {}
}
