package com.laincloud.registry.jobs;

import com.laincloud.registry.config.Schedule;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.jobs.JobRows.Held;
import com.laincloud.registry.jobs.JobRows.Outcome;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs, each under its lease: of all the instances and commands that use a database, one runs a job at a time. A run
 * whose process dies, or cannot reach the database, loses its lease after 15 s. Each run is a row in {@code audit.job_run}.
 */
public final class JobRunner {

    private static final System.Logger LOG = System.getLogger(JobRunner.class.getName());
    private static final Duration HELD = Duration.ofSeconds(15);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    /** What failed is tried again when it is due next, or after this if that is sooner. */
    static final Duration AFTER_FAILURE = Duration.ofMinutes(10);

    /** No moment of a schedule is further ahead. */
    private static final Duration HOWEVER_FAR = ChronoUnit.MILLENNIA.getDuration();

    private final JobRows rows;

    /** @param database where connections come from; each statement is a transaction of its own */
    public JobRunner(DataSource database) {
        this(database, HELD);
    }

    JobRunner(DataSource database, Duration held) {
        this.rows = new JobRows(database, held);
    }

    /**
     * Runs a job, if it is due and not run elsewhere.
     *
     * @param isStopped whether the server stops
     * @return what was done; empty if it was not run
     * @throws DatabaseException if the database cannot answer
     * @throws CancellationException if the run was over before the work was done
     * @throws RuntimeException what the job threw
     */
    Optional<String> run(Job job, BooleanSupplier isStopped) {
        Optional<Schedule> schedule = job.schedule();
        schedule.ifPresent(moments -> rows.follow(job.name(), moments));
        Duration interval = job.interval();
        return rows.take(job.name(), schedule.isPresent() ? HOWEVER_FAR : interval)
                .map(held -> {
                    Instant next = schedule.map(moments -> moments.next(held.began()))
                            .orElseGet(() -> held.began().plus(interval));
                    return run(held, next, job::run, isStopped);
                });
    }

    /** How long until it is worth trying to run a job again. */
    Duration wait(Job job) {
        return rows.wait(job.name());
    }

    /**
     * Does the work of a job now, whether due or not, unless another is at it: that shows when its lease is renewed, which
     * is waited for. When the job is due stays as it was.
     *
     * @param isStopped whether the work is to end
     * @return the result of the work; empty if another is at it
     * @throws DatabaseException if the database cannot answer
     * @throws RuntimeException what the work threw
     */
    public <T> Optional<T> runNow(String job, Function<JobRun, T> work, BooleanSupplier isStopped)
            throws InterruptedException {
        Optional<String> before = Optional.empty();
        while (true) {
            Optional<Held> held = rows.take(job, Duration.ZERO);
            if (held.isPresent()) {
                return Optional.of(run(held.get(), null, work, isStopped));
            }
            Optional<String> until = rows.heldUntil(job);
            if (before.isPresent() && until.isPresent() && !before.equals(until)) {
                return Optional.empty();
            }
            before = until;
            Thread.sleep(LOOK_AGAIN);
        }
    }

    /** The same, for a command that a signal ends. */
    public <T> Optional<T> runNow(String job, Function<JobRun, T> work) throws InterruptedException {
        return runNow(job, work, () -> false);
    }

    /** What is cut off stays due as it was. */
    private <T> T run(Held held, @Nullable Instant next, Function<JobRun, T> work, BooleanSupplier isStopped) {
        HeldRun run = new HeldRun(rows, held, isStopped);
        Outcome outcome = Outcome.FAILED;
        String result = null;
        Instant retry = held.began().plus(AFTER_FAILURE);
        Instant due = next == null || next.isBefore(retry) ? next : retry;
        try (run) {
            T done = work.apply(run);
            outcome = run.isOver() ? Outcome.STOPPED : Outcome.DONE;
            due = run.isOver() ? null : next;
            result = String.valueOf(done);
            return done;
        } catch (CancellationException e) {
            outcome = Outcome.STOPPED;
            due = null;
            throw e;
        } catch (RuntimeException | Error e) {
            result = String.valueOf(e.getMessage());
            throw e;
        } finally {
            end(held, outcome, run, result, due);
        }
    }

    /** The run is what counts: without this row another one takes the lease when it is over. */
    private void end(Held held, Outcome outcome, HeldRun run, @Nullable String result, @Nullable Instant next) {
        try {
            rows.end(held, outcome, run.progress(), run.reached(), result, next);
        } catch (DatabaseException e) {
            LOG.log(Level.WARNING, "job " + held.job() + ": its end could not be noted: " + e.getMessage());
        }
    }
}
