package com.laincloud.registry.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.config.Schedule;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.TemporaryDatabase;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TemporaryDatabase.Extension.class)
@Timeout(60)
class JobRunnerTest {

    private static final Duration BRIEF = Duration.ofSeconds(3);

    private final TemporaryDatabase database;
    private final JobRunner runner;

    JobRunnerTest(TemporaryDatabase database) {
        this.database = database;
        this.runner = new JobRunner(database.connections());
    }

    private record Sweep(Duration interval, Optional<Schedule> schedule, Function<JobRun, String> work) implements Job {

        Sweep(Function<JobRun, String> work) {
            this(Duration.ofHours(1), work);
        }

        Sweep(Duration interval, Function<JobRun, String> work) {
            this(interval, Optional.empty(), work);
        }

        Sweep(Schedule schedule, Function<JobRun, String> work) {
            this(Duration.ofMinutes(1), Optional.of(schedule), work);
        }

        @Override
        public String name() {
            return "sweep";
        }

        @Override
        public boolean isWanted() {
            return true;
        }

        @Override
        public String run(JobRun run) {
            return work.apply(run);
        }
    }

    private List<String> runs() {
        return database.sql("""
                select job, coalesce(outcome, '-'), coalesce(progress, '-'), coalesce(result, '-')
                from audit.job_run order by id""");
    }

    private boolean run(Job job) {
        return runner.run(job, () -> false).isPresent();
    }

    /** Runs a job at once, however that ends. */
    private void runAtOnce(Function<JobRun, String> work) {
        try {
            runner.runNow("sweep", work);
        } catch (IllegalStateException e) {
            // noted
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aRunCanBeReadInSqlWithWhatItDidAndHowFarItCame() {
        assertThat(runner.run(
                        new Sweep(run -> {
                            run.tell("9 of 9");
                            return "3 swept";
                        }),
                        () -> false))
                .contains("3 swept");

        assertThat(runs()).containsExactly("sweep|done|9 of 9|3 swept");
    }

    @Test
    void howFarARunHasComeCanBeReadWhileItRuns() {
        JobRunner brief = new JobRunner(database.connections(), BRIEF);
        brief.run(
                new Sweep(run -> {
                    run.tell("4 of 9");
                    awaitTrue(() -> runs().contains("sweep|-|4 of 9|-"));
                    return "";
                }),
                () -> false);
    }

    @Test
    void aJobIsRunAgainWhenItsIntervalIsOverAndNotBefore() throws Exception {
        Job sweep = new Sweep(Duration.ofSeconds(1), run -> "");
        assertThat(run(sweep)).isTrue();
        assertThat(run(sweep)).isFalse();
        assertThat(runner.wait(sweep)).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
        awaitTrue(() -> run(sweep));
        assertThat(run(new Sweep(Duration.ofMillis(1), run -> "")))
                .as("the interval is shorter now")
                .isTrue();
    }

    @Test
    void ofManyInstancesOneRunsAJob() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch together = new CountDownLatch(8);
        try (ExecutorService instances = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> all = java.util.Collections.nCopies(8, () -> {
                together.countDown();
                together.await();
                return run(new Sweep(run -> {
                    runs.incrementAndGet();
                    return "";
                }));
            });
            for (Future<Boolean> ended : instances.invokeAll(all)) {
                ended.get();
            }
        }
        assertThat(runs).hasValue(1);
        assertThat(runs()).hasSize(1);
    }

    @Test
    void whatFailsIsNotedAndTriedAgain() {
        Job failing = new Sweep(Duration.ofMillis(1), run -> {
            throw new IllegalStateException("a disk is gone");
        });
        assertThatThrownBy(() -> run(failing)).hasMessage("a disk is gone");
        assertThat(runs()).containsExactly("sweep|failed|-|a disk is gone");
        awaitTrue(() -> run(new Sweep(Duration.ofMillis(1), run -> "")));
    }

    @Test
    void aRunThatFailedIsTriedAgainBeforeALongIntervalIsOver() {
        Job failing = new Sweep(Duration.ofDays(1), run -> {
            throw new IllegalStateException("a disk is gone");
        });
        assertThatThrownBy(() -> run(failing)).hasMessage("a disk is gone");
        assertThat(runner.wait(failing)).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    }

    @Test
    void whatTheServersEndCutOffIsDueAtOnce() {
        AtomicBoolean isStopped = new AtomicBoolean();
        Job sweep = new Sweep(run -> {
            isStopped.set(true);
            assertThat(run.isOver()).isTrue();
            throw new CancellationException();
        });
        assertThatThrownBy(() -> runner.run(sweep, isStopped::get)).isInstanceOf(CancellationException.class);

        assertThat(run(new Sweep(run -> "the rest"))).isTrue();
        assertThat(runs()).containsExactly("sweep|stopped|-|-", "sweep|done|-|the rest");
    }

    @Test
    void aRunWhoseProcessDiedIsFollowedByAnotherWhenItsLeaseIsOver() {
        JobRunner brief = new JobRunner(database.connections(), BRIEF);
        database.sql("""
                insert into registry.job_lease values
                    ('sweep', gen_random_uuid(), now() + interval '2900 ms', now() - interval '1 day')""");
        database.sql("insert into registry.job_run (job, progress) values ('sweep', '4 of 9')");
        Job sweep = new Sweep(run -> "");

        assertThat(brief.run(sweep, () -> false)).isEmpty();
        awaitTrue(() -> brief.run(sweep, () -> false).isPresent());

        assertThat(runs()).containsExactly("sweep|lost|4 of 9|-", "sweep|done|-|");
    }

    @Test
    void aRunGoesOnWhereTheOneBeforeWasCutOffHoweverThatEnded() {
        List<Optional<String>> places = new ArrayList<>();
        runAtOnce(run -> {
            places.add(run.place());
            run.reached("at 3 of 9");
            throw new CancellationException();
        });
        runAtOnce(run -> {
            places.add(run.place());
            run.reached("at 5 of 9");
            throw new IllegalStateException("a disk is gone");
        });
        runAtOnce(run -> {
            places.add(run.place());
            throw new IllegalStateException("before it had come any further");
        });
        runAtOnce(run -> {
            places.add(run.place());
            run.reached("at 9 of 9");
            return "";
        });
        runAtOnce(run -> {
            places.add(run.place());
            return "";
        });
        assertThat(places)
                .containsExactly(
                        Optional.empty(),
                        Optional.of("at 3 of 9"),
                        Optional.of("at 5 of 9"),
                        Optional.of("at 5 of 9"),
                        Optional.empty());
    }

    @Test
    void aRunGoesOnWhereOneWasWhoseProcessDied() {
        JobRunner brief = new JobRunner(database.connections(), BRIEF);
        brief.run(
                new Sweep(run -> {
                    run.reached("at 4 of 9");
                    awaitTrue(() ->
                            database.sql("select place from registry.job_lease").equals(List.of("at 4 of 9")));
                    database.sql("update registry.job_lease set holder = gen_random_uuid()");
                    return "";
                }),
                () -> false);
        database.sql("update registry.job_lease set held_until = now() - interval '1 second'");

        List<Optional<String>> places = new ArrayList<>();
        assertThat(run(new Sweep(run -> {
                    places.add(run.place());
                    return "";
                })))
                .isTrue();
        assertThat(places).containsExactly(Optional.of("at 4 of 9"));
    }

    @Test
    void aRunThatIsStillBusyKeepsItsLease() throws Exception {
        JobRunner brief = new JobRunner(database.connections(), BRIEF);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Thread first = Thread.ofPlatform()
                .start(() -> brief.run(
                        new Sweep(run -> {
                            begun.countDown();
                            awaitQuietly(end);
                            return run.isOver() ? "lost" : "kept";
                        }),
                        () -> false));
        begun.await();
        for (int i = 0; i < 80; i++) {
            assertThat(brief.run(new Sweep(Duration.ZERO, run -> "second"), () -> false))
                    .isEmpty();
            Thread.sleep(50);
        }
        assertThat(brief.<String>runNow("sweep", run -> "by hand")).isEmpty();
        end.countDown();
        first.join();
        assertThat(runs()).containsExactly("sweep|done|-|kept");
    }

    @Test
    void aRunWhoseLeaseWasTakenIsOverAndDoesNotGiveBackWhatIsNotItsOwn() {
        JobRunner brief = new JobRunner(database.connections(), BRIEF);
        brief.run(
                new Sweep(run -> {
                    database.sql("""
                            update registry.job_lease
                            set holder = gen_random_uuid(), held_until = now() + interval '1 hour'""");
                    awaitTrue(run::isOver);
                    return "";
                }),
                () -> false);

        assertThat(database.sql("select holder is not null from registry.job_lease"))
                .containsExactly("t");
        assertThat(runs()).containsExactly("sweep|stopped|-|");
    }

    @Test
    void aRunThatCannotReachTheDatabaseIsOverWhenItsLeaseIs() {
        AtomicBoolean isGone = new AtomicBoolean();
        DataSource flaky = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (isGone.get()) {
                        throw new SQLException("gone");
                    }
                    return method.invoke(database.connections(), arguments);
                });
        new JobRunner(flaky, BRIEF)
                .run(
                        new Sweep(run -> {
                            isGone.set(true);
                            assertThat(run.isOver()).isFalse();
                            awaitTrue(run::isOver);
                            return "";
                        }),
                        () -> false);

        assertThatThrownBy(() -> new JobRunner(flaky, BRIEF).run(new Sweep(run -> ""), () -> false))
                .isInstanceOf(DatabaseException.class);
        assertThat(runs()).containsExactly("sweep|-|-|-");
    }

    @Test
    void whatIsRunByHandIsRunThoughItIsNotDueAndDoesNotChangeWhenItIs() throws Exception {
        Job sweep = new Sweep(run -> "");
        run(sweep);
        Duration wait = runner.wait(sweep);
        assertThat(runner.runNow("sweep", run -> 7)).contains(7);
        assertThat(runner.wait(sweep)).isBetween(wait.minusSeconds(30), wait);
        assertThat(run(sweep)).isFalse();
    }

    @Test
    void aClockThatWasPutBackStopsNoJob() {
        database.sql("insert into registry.job_lease values ('sweep', null, null, now() + interval '1 year')");
        assertThat(run(new Sweep(run -> ""))).isTrue();
        database.sql("""
                update registry.job_lease
                set holder = gen_random_uuid(), held_until = now() + interval '1 year', due_at = now()""");
        assertThat(run(new Sweep(run -> ""))).isTrue();
    }

    private static final Schedule DAILY = new Schedule("0 4 * * *");

    private Instant due() {
        return Instant.parse(
                database.sql("select to_char(due_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                                + " from audit.job where job = 'sweep'")
                        .getFirst());
    }

    private void setDue(Instant moment) {
        database.sql("update registry.job_lease set due_at = '" + moment + "'");
    }

    private static Instant missed() {
        return DAILY.next(Instant.now().minus(1, ChronoUnit.DAYS));
    }

    @Test
    void aScheduledJobIsFirstRunAtItsMoment() {
        Job sweep = new Sweep(DAILY, run -> "");
        assertThat(run(sweep)).isFalse();
        assertThat(due()).isEqualTo(DAILY.next(Instant.now()));
        assertThat(runner.wait(sweep)).isBetween(Duration.ofMillis(1), Duration.ofDays(1));
        assertThat(runs()).isEmpty();
    }

    @Test
    void aMomentThatWasMissedIsMadeUpForOnce() {
        Job sweep = new Sweep(DAILY, run -> "");
        run(sweep);
        setDue(missed().minus(20, ChronoUnit.DAYS));

        assertThat(run(sweep)).isTrue();
        assertThat(run(sweep)).isFalse();
        assertThat(due()).isEqualTo(DAILY.next(Instant.now()));
    }

    @Test
    void anotherScheduleMakesItDueAtAMomentOfItsOwn() {
        Schedule nightly = new Schedule("30 2 * * *");
        Schedule monthly = new Schedule("0 4 31 * *");
        run(new Sweep(DAILY, run -> ""));
        for (Schedule schedule : List.of(nightly, monthly, DAILY)) {
            assertThat(run(new Sweep(schedule, run -> ""))).isFalse();
            assertThat(due()).isEqualTo(schedule.next(Instant.now()));
        }
        setDue(missed());
        assertThat(run(new Sweep(nightly, run -> "")))
                .as("what was missed is no moment of it")
                .isFalse();
    }

    @Test
    void aScheduleInsteadOfAnIntervalIsFollowedFromItsNextMomentOn() {
        run(new Sweep(Duration.ZERO, run -> ""));
        assertThat(run(new Sweep(DAILY, run -> ""))).isFalse();
        assertThat(due()).isEqualTo(DAILY.next(Instant.now()));
        assertThat(run(new Sweep(Duration.ofSeconds(1), run -> ""))).isTrue();
    }

    @Test
    void aClockThatWasPutBackDoesNotRunAScheduledJobAtOnceAndDoesNotStopIt() {
        Job sweep = new Sweep(DAILY, run -> "");
        run(sweep);
        setDue(due().plus(365, ChronoUnit.DAYS));

        assertThat(run(sweep)).isFalse();
        assertThat(due()).isEqualTo(DAILY.next(Instant.now()));
    }

    @Test
    void aScheduledRunThatFailedIsTriedAgainBeforeItsNextMoment() {
        Job failing = new Sweep(DAILY, run -> {
            throw new IllegalStateException("a disk is gone");
        });
        run(failing);
        setDue(missed());
        assertThatThrownBy(() -> run(failing)).hasMessage("a disk is gone");

        assertThat(run(failing)).isFalse();
        assertThat(runner.wait(failing)).isLessThanOrEqualTo(Duration.ofMinutes(10));
        database.sql("update registry.job_run set began_at = began_at - interval '10 minutes'");
        setDue(Instant.now().minusSeconds(1).truncatedTo(ChronoUnit.MICROS));
        Job cut = new Sweep(DAILY, run -> {
            throw new CancellationException();
        });
        assertThatThrownBy(() -> run(cut)).isInstanceOf(CancellationException.class);
        assertThat(run(new Sweep(DAILY, run -> ""))).isTrue();
        assertThat(run(new Sweep(DAILY, run -> ""))).isFalse();
        assertThat(due()).isEqualTo(DAILY.next(Instant.now()));
    }

    @Test
    void aCommandThatFailsOrIsKilledDoesNotMakeItDue() {
        Job nightly = new Sweep(DAILY, run -> "");
        assertThatThrownBy(() -> runner.runNow("sweep", run -> {
                    throw new IllegalStateException("a disk is gone");
                }))
                .hasMessage("a disk is gone");
        assertThat(run(nightly)).isFalse();
        assertThat(due()).isEqualTo(DAILY.next(Instant.now()));

        database.sql(
                "update registry.job_lease set holder = gen_random_uuid(), held_until = now() - interval '1 second'");

        assertThat(run(nightly)).isFalse();
        assertThat(due()).isEqualTo(DAILY.next(Instant.now()));
    }

    @Test
    void anotherScheduleIsFollowedAlsoAfterAFailure() {
        Schedule monthly = new Schedule("0 4 31 * *");
        assertThat(run(new Sweep(monthly, run -> ""))).isFalse();
        database.sql("insert into registry.job_run (job, ended_at, outcome) values ('sweep', now(), 'failed')");

        assertThat(run(new Sweep(DAILY, run -> ""))).isFalse();

        assertThat(due()).isEqualTo(DAILY.next(Instant.now()));
    }

    @Test
    void aScheduledRunThatTheServersEndCutOffIsDueAtOnce() {
        Job cut = new Sweep(DAILY, run -> {
            throw new CancellationException();
        });
        run(cut);
        setDue(missed());
        assertThatThrownBy(() -> run(cut)).isInstanceOf(CancellationException.class);
        assertThat(run(new Sweep(DAILY, run -> "the rest"))).isTrue();
    }

    @Test
    void ofManyInstancesOneRunsAScheduledJobAtItsMoment() throws Exception {
        run(new Sweep(DAILY, run -> ""));
        setDue(missed());
        Job sweep = new Sweep(DAILY, run -> "");
        try (ExecutorService instances = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> all = java.util.Collections.nCopies(8, () -> run(sweep));
            assertThat(instances.invokeAll(all).stream().filter(Future::resultNow))
                    .hasSize(1);
        }
        assertThat(runs()).hasSize(1);
    }

    @Test
    void theLatestThousandRunsOfEachJobAreKept() {
        database.sql("""
                insert into registry.job_run (job, ended_at, outcome)
                select job, now(), 'done' from generate_series(1, 1500), unnest(array['sweep', 'other']) as job""");
        run(new Sweep(run -> ""));
        assertThat(database.sql("select job, count(*) from audit.job_run group by job order by job"))
                .containsExactly("other|1500", "sweep|1000");
        assertThat(runs()).contains("sweep|done|-|");
    }

    private static void awaitTrue(Callable<Boolean> condition) {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
