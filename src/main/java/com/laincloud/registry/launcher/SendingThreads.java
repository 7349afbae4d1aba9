package com.laincloud.registry.launcher;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.strategies.AbstractIOStrategy;
import org.glassfish.grizzly.strategies.WorkerThreadIOStrategy;

/**
 * Writes to sockets that have become ready in threads of its own. Grizzly does so in the thread that waits for all sockets:
 * there a file on a slow disk would keep every client waiting. The workers cannot do it either, for a worker may be waiting
 * for just such a write.
 */
@SuppressWarnings("rawtypes") // as Grizzly declares it
final class SendingThreads extends AbstractIOStrategy {

    private static final System.Logger LOG = System.getLogger(SendingThreads.class.getName());
    private static final int COUNT = 8;

    private final ExecutorService threads = Executors.newFixedThreadPool(
            COUNT, Thread.ofPlatform().daemon().name("http-sending-", 1).factory());

    @Override
    public boolean executeIoEvent(Connection connection, IOEvent event, boolean isEventEnabled) throws IOException {
        if (event != IOEvent.WRITE) {
            return WorkerThreadIOStrategy.getInstance().executeIoEvent(connection, event, isEventEnabled);
        }
        if (isEventEnabled) {
            connection.disableIOEvent(event);
        }
        threads.execute(() -> send(connection));
        return true;
    }

    @Override
    public Executor getThreadPoolFor(Connection connection, IOEvent event) {
        return event == IOEvent.WRITE ? threads : super.getThreadPoolFor(connection, event);
    }

    private static void send(Connection<?> connection) {
        try {
            connection.getTransport().fireIOEvent(IOEvent.WRITE, connection, ENABLE_INTEREST_LIFECYCLE_LISTENER);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a connection is closed because it could not be written to", e);
            connection.terminateSilently();
        }
    }
}
