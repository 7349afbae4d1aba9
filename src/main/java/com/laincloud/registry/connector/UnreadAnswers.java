package com.laincloud.registry.connector;

import com.laincloud.registry.connector.WaitingClients.WaitingClient;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.ServletRequest;
import java.time.Duration;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * What was written to clients and not read by them. The connector keeps it in memory; so no more is written to a connection
 * before its client has read nearly all of that. Who waits has a place among the {@link WaitingClients}, or the connection is
 * closed.
 */
@Singleton
public class UnreadAnswers {

    /**
     * Bytes that may lie in memory for a connection, besides what the kernel has taken. The connector blocks, without a place
     * and for as long as it likes, at twice as many.
     */
    private static final int ROOM = 32 << 10;

    /** The kernel takes bytes ahead of the client, and then none for a while: see {@link SlowReaders}. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long SHORTEST_PAUSE = 1;
    private static final long LONGEST_PAUSE = 50;

    private final WaitingClients clients;

    @Inject
    public UnreadAnswers(WaitingClients clients) {
        this.clients = clients;
    }

    /**
     * Waits until there is room for more on the connection of a request.
     *
     * @throws UnreadException if the client reads too slowly, or has gone; the connection is closed then
     */
    public void awaitRoom(ServletRequest request) throws UnreadException {
        if (GrizzlyRequest.isBehind(request)) {
            Connection<?> connection = GrizzlyRequest.connection(request);
            if (!connection.isOpen()) { // and more requests came on it, before their answers were read
                throw new UnreadException();
            }
            if (unread(connection) > ROOM) {
                await(new Reader(connection));
            }
        }
    }

    private static int unread(Connection<?> connection) {
        return ((NIOConnection) connection).getAsyncWriteQueue().spaceInBytes();
    }

    private void await(Reader reader) throws UnreadException {
        if (!clients.enter(reader)) {
            reader.giveUp();
            throw new UnreadException();
        }
        try {
            reader.await();
        } finally {
            clients.leave(reader);
        }
    }

    private static final class Reader implements WaitingClient {

        private final Connection<?> connection;
        private final long since = System.nanoTime();
        private volatile boolean isGivenUp;

        Reader(Connection<?> connection) {
            this.connection = connection;
        }

        void await() throws UnreadException {
            long pause = SHORTEST_PAUSE;
            while (unread(connection) > ROOM) {
                if (silence(System.nanoTime()) > PATIENCE.toNanos()) {
                    giveUp();
                }
                if (isGivenUp || !connection.isOpen()) {
                    throw new UnreadException();
                }
                sleep(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE);
            }
        }

        private static void sleep(long millis) throws UnreadException {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the server is going down
                throw new UnreadException();
            }
        }

        @Override
        public boolean isSending() {
            return false;
        }

        @Override
        public long silence(long now) {
            return now - since;
        }

        @Override
        public boolean isGivenUp() {
            return isGivenUp;
        }

        @Override
        public void giveUp() {
            isGivenUp = true;
            connection.terminateSilently();
        }
    }
}
