package com.laincloud.registry.jobs;

/** A run of a {@link Job}, as the job sees it. */
public interface JobRun {

    /** Whether to leave the rest for another run: the server stops, or another instance has taken over. */
    boolean isOver();

    /** Says how far it has come, in one line for people. Cheap: what is told goes to the database every few seconds. */
    void tell(String progress);
}
