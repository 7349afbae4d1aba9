package com.laincloud.registry.audit;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.storage.StorageDriver;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Seals what was recorded, a minute after it was at the latest, in a chain of hashes: {@code audit.chain}. The hash of the
 * newest batch is written to the log and to the storage every hour. One who has it from there finds out whether the record up
 * to it was changed afterwards, even by one to whom the database belongs.
 */
@Singleton
public class Seals implements Job {

    private static final System.Logger LOG = System.getLogger(Seals.class.getName());

    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration LONG_WAIT = Duration.ofMinutes(10);
    private static final Duration TELL_HEAD = Duration.ofHours(1);
    private static final int ROWS_OF_A_BATCH = 10_000;

    private static final String LOST =
            "the audit record was rewritten, or restored from a dump (then claim the storage): it does"
                    + " not go on from what the storage has kept of it, which was ";

    private final DataSource database;
    private final AuditHeads heads;
    private final BooleanSupplier isReadOnly;
    private final Clock clock;
    private Instant toldAt = Instant.MIN;

    @Inject
    Seals(StorageDriver storage, CurrentSettings settings) {
        this(
                ConfiguredDataSource.ofOwner(),
                storage,
                () -> settings.get().storage().readOnly(),
                Clock.systemUTC());
    }

    /** @param database whose connections are those of the owner of the tables, so that who serves cannot seal */
    Seals(DataSource database, StorageDriver storage, BooleanSupplier isReadOnly, Clock clock) {
        this.database = database;
        this.heads = new AuditHeads(database, storage);
        this.isReadOnly = isReadOnly;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "audit-seal";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public String run(JobRun run) {
        long sealed = 0;
        for (Part part : parts()) {
            sealed += seal(part, run);
        }
        tellHead();
        return "sealed " + sealed + " rows" + waiting();
    }

    /** What is recorded while a transaction is open, here or in another database of the cluster, waits for its end. */
    private String waiting() {
        String words = Rows.query(
                        database,
                        """
                select count(*), min(occurred_at)::timestamptz(0)::text from event
                where occurred_at > now() - interval '2 days' and occurred_at < now() - make_interval(secs => ?)
                  and (epoch, tx) > (select epoch, tx from batch where record = 'event' order by number desc limit 1)""",
                        row -> row.getLong(1) == 0
                                ? ""
                                : "; " + row.getLong(1) + " events since " + row.getString(2)
                                        + " wait for a transaction that is open for longer",
                        LONG_WAIT.toSeconds())
                .getFirst();
        if (!words.isEmpty()) {
            LOG.log(Level.WARNING, "the audit record is not sealed to its end" + words);
        }
        return words;
    }

    /** @param month null for what has no months */
    private record Part(String record, @Nullable String month) {}

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>(
                Rows.query(database, "select event_months()::text", row -> new Part("event", row.getString(1))));
        parts.add(new Part("denial", null));
        parts.add(new Part("config_change", null));
        parts.add(new Part("retention_decision", null));
        return parts;
    }

    /** Each batch is a transaction of its own. */
    private long seal(Part part, JobRun run) {
        long sealed = 0;
        long batch = ROWS_OF_A_BATCH;
        while (batch >= ROWS_OF_A_BATCH && !run.isOver()) {
            batch = Rows.query(
                            database,
                            "select seal(?, ?::date, ?)",
                            row -> row.getLong(1),
                            part.record(),
                            part.month(),
                            ROWS_OF_A_BATCH)
                    .getFirst();
            sealed += batch;
            run.tell("sealed " + sealed + " rows of " + part.record());
        }
        return sealed;
    }

    private void tellHead() {
        Instant now = clock.instant();
        if (toldAt.isBefore(now.minus(TELL_HEAD))) {
            toldAt = now;
            heads.newest().forEach(head -> LOG.log(Level.INFO, "the head of the audit record: " + head));
            if (!isReadOnly.getAsBoolean()) {
                heads.keep().forEach(lost -> LOG.log(Level.ERROR, LOST + lost));
            }
        }
    }
}
