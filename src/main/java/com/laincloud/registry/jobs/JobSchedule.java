package com.laincloud.registry.jobs;

import com.laincloud.registry.database.DatabaseException;
import jakarta.annotation.Priority;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** When the jobs of this instance are run: for as long as it serves, each when it is due and wanted. */
@Singleton
public class JobSchedule {

    /** When everything else is up, and before anything else goes down. */
    private static final int LAST_AT_START = Interceptor.Priority.LIBRARY_AFTER;

    private static final int FIRST_AT_END = Interceptor.Priority.LIBRARY_BEFORE;

    private static final System.Logger LOG = System.getLogger(JobSchedule.class.getName());

    /** So soon a job follows settings that changed, and a clock that was put back. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

    private final ManagedScheduledExecutorService scheduler;
    private final JobRunner runner;
    private final List<Job> jobs;
    private final Map<String, Future<?>> next = new ConcurrentHashMap<>();
    private final Semaphore turns;
    private volatile boolean isOver;

    @Inject
    public JobSchedule(ManagedScheduledExecutorService scheduler, DataSource database, @Any Instance<Job> jobs) {
        this.scheduler = scheduler;
        this.runner = new JobRunner(database);
        this.jobs = jobs.stream().toList();
        this.turns = new Semaphore(this.jobs.size());
    }

    void start(@Observes @Priority(LAST_AT_START) @Initialized(ApplicationScoped.class) Object application) {
        for (Job job : jobs) {
            long longest = job.firstWithin().toMillis();
            schedule(job, Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest + 1)));
        }
    }

    /** What has not ended after a while goes on without its database, and fails; the next start goes on with it. */
    void stop(@Observes @Priority(FIRST_AT_END) @BeforeDestroyed(ApplicationScoped.class) Object application) {
        isOver = true;
        next.values().forEach(pending -> pending.cancel(false));
        try {
            if (!turns.tryAcquire(jobs.size(), STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(Level.WARNING, "a job is still busy; the next start goes on with it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void schedule(Job job, Duration wait) {
        if (!isOver) {
            try {
                next.put(job.name(), scheduler.schedule(() -> turn(job), wait.toMillis(), TimeUnit.MILLISECONDS));
            } catch (RejectedExecutionException e) {
                // the server is going down
            }
        }
    }

    private void turn(Job job) {
        if (!turns.tryAcquire()) {
            return; // the server is going down
        }
        Duration wait = LONGEST_WAIT;
        try {
            if (job.isWanted()) {
                runner.run(job, () -> isOver);
                wait = runner.wait(job);
            } else {
                wait = job.interval();
            }
            if (job.mayBeRequested()) {
                runner.runRequested(job, () -> isOver);
            }
        } catch (CancellationException e) {
            wait = SHORTEST_WAIT;
        } catch (DatabaseException e) {
            tell(job, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            if (!isOver) {
                LOG.log(Level.ERROR, "job " + job.name() + " failed", e);
            }
        } finally {
            turns.release();
            schedule(job, clamp(wait));
        }
    }

    private void tell(Job job, String fault) {
        if (!isOver) {
            LOG.log(Level.WARNING, "job " + job.name() + " cannot be done now: " + fault);
        }
    }

    private static Duration clamp(Duration wait) {
        if (wait.compareTo(SHORTEST_WAIT) < 0) {
            return SHORTEST_WAIT;
        }
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }
}
