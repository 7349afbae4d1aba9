package com.laincloud.registry.jobs;

import com.laincloud.registry.database.DatabaseException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A run under its lease, which a thread of its own renews for as long as this is open. */
final class HeldRun implements JobRun, AutoCloseable {

    private final JobRows rows;
    private final JobRows.Held held;
    private final Optional<String> before;
    private final BooleanSupplier isStopped;
    private final Consumer<String> report;
    private final Thread renewal;
    private volatile boolean isLost;
    private volatile @Nullable String progress;
    private volatile @Nullable String cursor;

    /**
     * @param before where it goes on
     * @param report is told how far it has come, whenever the lease is renewed
     */
    HeldRun(
            JobRows rows,
            JobRows.Held held,
            Optional<String> before,
            BooleanSupplier isStopped,
            Consumer<String> report) {
        this.rows = rows;
        this.held = held;
        this.before = before;
        this.cursor = before.orElse(null);
        this.isStopped = isStopped;
        this.report = report;
        this.renewal = Thread.ofPlatform()
                .daemon()
                .name("lease-of-" + held.job())
                .start(() -> renew(rows.held(), System.nanoTime()));
    }

    private void renew(Duration lasts, long taken) {
        long renewed = taken;
        String told = null;
        try {
            while (!isLost) {
                Thread.sleep(lasts.dividedBy(3));
                long asked = System.nanoTime();
                try {
                    String come = progress;
                    isLost = !rows.renew(held, come, cursor);
                    renewed = asked;
                    if (come != null && !come.equals(told)) {
                        report.accept(come);
                        told = come;
                    }
                } catch (DatabaseException e) {
                    isLost = asked - renewed > lasts.toNanos();
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    @Override
    public boolean isOver() {
        return isLost || isStopped.getAsBoolean();
    }

    @Override
    public void tell(String line) {
        progress = line;
    }

    @Override
    public Optional<String> cursor() {
        return before;
    }

    @Override
    public void keep(String place) {
        cursor = place;
    }

    @Nullable
    String progress() {
        return progress;
    }

    /** Where another run may go on. */
    @Nullable
    String kept() {
        return cursor;
    }

    @Override
    public void close() {
        renewal.interrupt();
    }
}
