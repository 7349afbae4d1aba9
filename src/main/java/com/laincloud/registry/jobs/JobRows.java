package com.laincloud.registry.jobs;

import com.laincloud.registry.config.Schedule;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Rows;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The rows of leases and runs. Each change is one statement, and every time is the database's. A lease that seems to end
 * later than any lease can, or a job that is due later than its interval, was written by a clock that has been put back since;
 * it counts as over, or due. That is judged by the time at which the row was got hold of: one who waited for it has an older
 * {@code now()}. Every method throws {@link DatabaseException} if the database cannot answer.
 */
final class JobRows {

    private final DataSource database;
    private final Duration held;

    /** @param held how long a lease lasts that is not renewed */
    JobRows(DataSource database, Duration held) {
        this.database = database;
        this.held = held;
    }

    /** How long a lease lasts that is not renewed. */
    Duration held() {
        return held;
    }

    /**
     * A run that has a lease.
     *
     * @param place where the one before it was cut off
     */
    record Held(String job, UUID holder, long number, Instant began, Optional<String> place) {}

    /** When a job is due, and whether that is because its last run came to nothing. */
    private record Due(Instant now, Optional<Instant> at, boolean isRetry) {

        boolean follows(Schedule schedule) {
            return at.filter(moment -> isRetry || schedule.has(moment))
                    .filter(moment -> !moment.isAfter(schedule.next(now)))
                    .isPresent();
        }
    }

    /**
     * Sees that a job is due at a moment of its schedule: at the next one, if it was never due, if the schedule is another now,
     * or if the clock was put back. It stays due at a moment that was missed, and for another attempt.
     */
    void follow(String job, Schedule schedule) {
        Due due = Rows.query(
                        database,
                        """
                        select clock_timestamp(), due_at, coalesce(
                            (select outcome is distinct from 'done' and due_at <> began_at
                                and due_at <= coalesce(ended_at, now()) + make_interval(secs => ?)
                             from job_run where job = asked.job order by id desc limit 1), false)
                        from (select cast(? as text) as job) as asked left join job_lease l on l.job = asked.job""",
                        row -> new Due(
                                row.getTimestamp(1).toInstant(),
                                Optional.ofNullable(row.getTimestamp(2)).map(Timestamp::toInstant),
                                row.getBoolean(3)),
                        seconds(JobRunner.AFTER_FAILURE),
                        job)
                .getFirst();
        if (!due.follows(schedule)) {
            Rows.query(
                    database,
                    """
                    insert into job_lease as l (job, due_at) values (?, ?::timestamptz)
                    on conflict (job) do update set due_at = excluded.due_at
                    where l.holder is null and l.due_at = ?::timestamptz returning true""",
                    row -> true,
                    job,
                    schedule.next(due.now()).toString(),
                    due.at().map(Instant::toString).orElse(null));
        }
    }

    /**
     * Takes the lease, and notes that a run begins. Empty if the job is not due, or another has the lease.
     *
     * @param ahead how far ahead the job may be due; with none it is due at any time
     */
    Optional<Held> take(String job, Duration ahead) {
        UUID holder = UUID.randomUUID();
        return Rows.query(
                        database,
                        """
                        with lease as (
                            insert into job_lease as l (job, holder, held_until, due_at)
                            values (?, ?, now() + make_interval(secs => ?), now())
                            on conflict (job) do update set holder = excluded.holder, held_until = excluded.held_until
                            where l.due_at not between clock_timestamp() and clock_timestamp() + make_interval(secs => ?)
                              and (l.holder is null or l.held_until not between clock_timestamp()
                                                           and clock_timestamp() + make_interval(secs => ?))
                            returning l.job, l.place),
                        lost as (
                            update job_run set ended_at = now(), outcome = 'lost'
                            where job = (select job from lease) and ended_at is null),
                        old as (
                            delete from job_run
                            where job = (select job from lease)
                              and id <= (select id from job_run where job = (select job from lease)
                                         order by id desc offset 999 limit 1)),
                        run as (
                            insert into job_run (job) select job from lease returning id, began_at)
                        select run.id, run.began_at, lease.place from run cross join lease""",
                        row -> new Held(
                                job,
                                holder,
                                row.getLong(1),
                                row.getTimestamp(2).toInstant(),
                                Optional.ofNullable(row.getString(3))),
                        job,
                        holder,
                        seconds(held),
                        seconds(ahead),
                        seconds(held))
                .stream()
                .findFirst();
    }

    /** Keeps the lease, and says how far the run has come. False if another has taken it. */
    boolean renew(Held run, @Nullable String progress, @Nullable String place) {
        return !Rows.query(
                        database,
                        """
                        with told as (
                            update job_run set progress = ? where id = ? and progress is distinct from ?)
                        update job_lease
                        set held_until = now() + make_interval(secs => ?), place = coalesce(?, place)
                        where job = ? and holder = ? returning true""",
                        row -> true,
                        progress,
                        run.number(),
                        progress,
                        seconds(held),
                        place,
                        run.job(),
                        run.holder())
                .isEmpty();
    }

    /** How a run ended: as the words of {@code audit.job_run}. */
    enum Outcome {
        DONE,
        FAILED,
        STOPPED
    }

    /**
     * Notes how a run ended, and gives the lease back.
     *
     * @param place from where the next can go on, unless this one came to its end
     * @param next when the next is due, but not before now; null if that stays as it was
     */
    void end(
            Held run,
            Outcome outcome,
            @Nullable String progress,
            @Nullable String place,
            @Nullable String result,
            @Nullable Instant next) {
        String due = next == null ? null : next.toString();
        Rows.query(
                database,
                """
                with run as (
                    update job_run
                    set ended_at = now(), outcome = ?, progress = ?, result = ?
                    where id = ? and ended_at is null)
                update job_lease
                set holder = null, held_until = null, place = case when ? then null else coalesce(?, place) end,
                    due_at = case when ?::timestamptz is null then due_at else greatest(now(), ?::timestamptz) end
                where job = ? and holder = ? returning true""",
                row -> true,
                outcome.name().toLowerCase(Locale.ROOT),
                progress,
                result,
                run.number(),
                outcome == Outcome.DONE,
                place,
                due,
                due,
                run.job(),
                run.holder());
    }

    /** How long until the job is due and its lease is over, unless that is renewed. */
    Duration wait(String job) {
        return Rows.query(database, """
                        select extract(epoch from greatest(due_at, held_until) - now())
                        from job_lease where job = ?""", row -> Duration.ofMillis((long) Math.ceil(row.getDouble(1) * 1000)), job)
                .stream()
                .findFirst()
                .orElse(Duration.ZERO);
    }

    /** Until when the lease of a job is held; another value whenever it was taken or renewed. Empty if it is free. */
    Optional<String> heldUntil(String job) {
        return Rows.query(
                        database,
                        "select held_until::text from job_lease where job = ? and holder is not null",
                        row -> row.getString(1),
                        job)
                .stream()
                .findFirst();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
