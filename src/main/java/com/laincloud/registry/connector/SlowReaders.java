package com.laincloud.registry.connector;

import com.laincloud.registry.config.CurrentSettings;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.Connection;

/**
 * Closes the connections of clients that read the file that is sent to them too slowly. The kernel takes bytes ahead of the
 * client, up to some MiB, and then none until a good part of them is read: a client that reads 16 KiB/s may look still
 * for a minute and a half. So a client has two minutes, each byte that the kernel takes buys it the time that the least rate
 * ({@code http.minrate}) has for a byte, and it never has more than two minutes.
 */
@Singleton
public class SlowReaders {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Map<FileTransfer, Reader> readers = new ConcurrentHashMap<>();
    private final CurrentSettings settings;
    private final ScheduledFuture<?> timer;

    @Inject
    SlowReaders(CurrentSettings settings, ManagedScheduledExecutorService scheduler) {
        this.settings = settings;
        timer = scheduler.scheduleWithFixedDelay(
                this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        timer.cancel(false);
    }

    /** Watches a transfer until {@link #left}. */
    void entered(Connection<?> connection, FileTransfer transfer) {
        readers.put(transfer, new Reader(connection, transfer.position(), System.nanoTime(), PATIENCE.toNanos()));
    }

    void left(FileTransfer transfer) {
        readers.remove(transfer);
    }

    private void look() {
        long now = System.nanoTime();
        long least = settings.get().http().minRate();
        readers.forEach((transfer, reader) -> {
            Reader seen = reader.seen(transfer.position(), now, least);
            readers.replace(transfer, reader, seen);
            if (seen.left < 0) {
                seen.connection.terminateSilently();
            }
        });
    }

    /**
     * A client.
     *
     * @param position where its transfer was seen last
     * @param at when that was
     * @param left how many nanoseconds it had then before it is taken for too slow
     */
    record Reader(Connection<?> connection, long position, long at, long left) {

        Reader seen(long current, long now, long leastRate) {
            long most = PATIENCE.toNanos();
            long then = Math.min(most, left - (now - at) + earned(current - position, leastRate));
            return new Reader(connection, current, now, then);
        }

        private static long earned(long bytes, long leastRate) {
            if (bytes == 0) {
                return 0;
            }
            boolean isAll = leastRate == 0 || bytes / leastRate >= PATIENCE.toSeconds();
            return isAll ? PATIENCE.toNanos() : (long) ((double) bytes / (double) leastRate * 1e9);
        }
    }
}
