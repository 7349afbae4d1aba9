/**
 * Work in the background: what is done from time to time, by one instance however many there are. A {@link
 * com.laincloud.registry.jobs.Job} says what and how often, {@link com.laincloud.registry.jobs.JobSchedule} when,
 * {@link com.laincloud.registry.jobs.JobRunner} sees that it is run once, and {@code audit.job_run} tells of it.
 */
@NullMarked
package com.laincloud.registry.jobs;

import org.jspecify.annotations.NullMarked;
