package com.laincloud.registry.jobs;

import com.laincloud.registry.database.DatabaseException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A run under its lease, which a thread of its own renews for as long as this is open. */
final class HeldRun implements JobRun, AutoCloseable {

    private final JobRows rows;
    private final JobRows.Held held;
    private final BooleanSupplier isStopped;
    private final Thread renewal;
    private volatile boolean isLost;
    private volatile @Nullable String progress;
    private volatile @Nullable String reached;

    HeldRun(JobRows rows, JobRows.Held held, BooleanSupplier isStopped) {
        this.rows = rows;
        this.held = held;
        this.isStopped = isStopped;
        this.renewal = Thread.ofPlatform()
                .daemon()
                .name("lease-of-" + held.job())
                .start(() -> renew(rows.held(), System.nanoTime()));
    }

    private void renew(Duration lasts, long taken) {
        long renewed = taken;
        try {
            while (!isLost) {
                Thread.sleep(lasts.dividedBy(3));
                long asked = System.nanoTime();
                try {
                    isLost = !rows.renew(held, progress, reached);
                    renewed = asked;
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

    @Nullable
    String progress() {
        return progress;
    }

    @Override
    public Optional<String> place() {
        return held.place();
    }

    @Override
    public void reached(String place) {
        reached = place;
    }

    @Nullable
    String reached() {
        return reached;
    }

    @Override
    public void close() {
        renewal.interrupt();
    }
}
