package com.laincloud.registry.jobs;

import java.util.Optional;

/** A run of a {@link Job}, as the job sees it. */
public interface JobRun {

    /** Whether to leave the rest for another run: the server stops, or another instance has taken over. */
    boolean isOver();

    /** Says how far it has come, in one line for people. Cheap: what is told goes to the database every few seconds. */
    void tell(String progress);

    /** Where an earlier run of the same job had come to that was cut off; empty to begin at the beginning. */
    default Optional<String> cursor() {
        return Optional.empty();
    }

    /**
     * Says where another run may go on if this one is cut off. Cheap, as {@link #tell}: after a kill the other one begins at most
     * some seconds before.
     */
    default void keep(String cursor) {
        // for a run that nothing goes on with
    }
}
