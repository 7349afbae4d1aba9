package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Adoptions.Pass;
import com.laincloud.registry.adoption.Tally.Counts;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Tells how far a run has come: the database every second, people every few. */
final class Progress implements AutoCloseable {

    private static final Duration TICK = Duration.ofSeconds(1);

    private final Adoptions adoptions;
    private final Pass pass;
    private final Extent extent;
    private final Tally tally;
    private final Consumer<String> report;
    private final Duration pace;
    private final AtomicLong repositories;
    private final long began = System.nanoTime();
    private final Thread ticker;
    private Counts written = Counts.NONE;

    /**
     * What there is to do.
     *
     * @param repositories in the tree
     * @param done of them by earlier runs
     * @param links to read in the others
     * @param bytes to hash
     */
    record Extent(long repositories, long done, long links, long bytes) {}

    /** @param pace how often people are told */
    Progress(Adoptions adoptions, Pass pass, Extent extent, Tally tally, Consumer<String> report, Duration pace) {
        this.adoptions = adoptions;
        this.pass = pass;
        this.extent = extent;
        this.tally = tally;
        this.report = report;
        this.pace = pace;
        this.repositories = new AtomicLong(extent.done());
        this.ticker = Thread.ofPlatform().daemon().name("import-progress").unstarted(this::tick);
    }

    void start() {
        ticker.start();
    }

    void finishedRepository() {
        repositories.incrementAndGet();
    }

    private void tick() {
        try {
            for (long second = 1; ; second++) {
                Thread.sleep(TICK);
                write();
                if (second % pace.toSeconds() == 0) {
                    report.accept(line());
                }
            }
        } catch (InterruptedException e) {
            // closed
        } catch (RuntimeException e) {
            // the threads that do the work meet the same failure, and report it
        }
    }

    /** Adds to the database what it was not told yet. */
    private synchronized void write() {
        Counts now = tally.counts();
        adoptions.count(pass, extent.repositories(), now.since(written));
        written = now;
    }

    private String line() {
        Counts counts = tally.counts();
        return String.format(
                Locale.ROOT,
                "%,d of %,d repositories, %,d links, %,d blobs, %s%s",
                repositories.get(),
                extent.repositories(),
                counts.links(),
                counts.blobs(),
                pass.verifies() ? bytes(tally.bytesRead()) + " verified" : bytes(counts.bytes()),
                left(counts));
    }

    private String left(Counts counts) {
        double seconds = (System.nanoTime() - began) / 1e9;
        double left = Math.max(
                left(seconds, counts.links(), extent.links()), left(seconds, tally.bytesRead(), extent.bytes()));
        Duration duration = Duration.ofSeconds((long) Math.ceil(left));
        return duration.isZero() ? "" : ", about " + text(duration) + " left";
    }

    /** By the speed so far; nothing is known while nothing is done. */
    private static double left(double seconds, long done, long all) {
        return done == 0 || done >= all ? 0 : seconds * (all - done) / done;
    }

    private static String text(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toSeconds() + " s";
    }

    /** A number of bytes as people read it: {@code 1.2 GiB}. */
    static String bytes(long count) {
        double value = count;
        int unit = 0;
        while (value >= 1024 && unit < 4) {
            value /= 1024;
            unit++;
        }
        String name = switch (unit) {
            case 0 -> "B";
            case 1 -> "KiB";
            case 2 -> "MiB";
            case 3 -> "GiB";
            default -> "TiB";
        };
        return unit == 0 ? count + " B" : String.format(Locale.ROOT, "%.1f %s", value, name);
    }

    /** Stops telling people, and tells the database what is left to tell. */
    @Override
    public void close() {
        ticker.interrupt();
        try {
            ticker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        write();
    }
}
