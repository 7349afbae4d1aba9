package com.laincloud.registry.connector;

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
 * Closes the connections of clients that have stopped reading the file that is sent to them. The kernel takes bytes ahead of
 * the client, up to some MiB, and then none until a good part of them is read: a client that reads 16 KiB/s may look still
 * for a minute and a half.
 */
@Singleton
public class SlowReaders {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Map<FileTransfer, Reader> readers = new ConcurrentHashMap<>();
    private final ScheduledFuture<?> timer;

    @Inject
    SlowReaders(ManagedScheduledExecutorService scheduler) {
        timer = scheduler.scheduleWithFixedDelay(
                this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        timer.cancel(false);
    }

    /** Watches a transfer until {@link #left}. */
    void entered(Connection<?> connection, FileTransfer transfer) {
        readers.put(transfer, new Reader(connection, transfer.position(), System.nanoTime()));
    }

    void left(FileTransfer transfer) {
        readers.remove(transfer);
    }

    private void look() {
        long now = System.nanoTime();
        readers.forEach((transfer, reader) -> {
            if (transfer.position() != reader.position) {
                readers.replace(transfer, reader, new Reader(reader.connection, transfer.position(), now));
            } else if (now - reader.since > PATIENCE.toNanos()) {
                reader.connection.terminateSilently();
            }
        });
    }

    /** Where a transfer was seen, and since when. */
    private record Reader(Connection<?> connection, long position, long since) {}
}
