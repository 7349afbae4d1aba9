package com.laincloud.registry.connector;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * Sends a file from the page cache to the socket through Payara's connector (Grizzly), which its Servlet API does not reach.
 * Only for HTTP/1.1 without TLS: over TLS and HTTP/2 it sends nothing.
 *
 * <p>All that is particular to the container stands here; where it does not apply, callers stream.
 */
public final class ZeroCopy {

    private ZeroCopy() {}

    /** Whether a file can be sent so for this request. */
    public static boolean isPossible(HttpServletRequest request) {
        return !request.isSecure()
                && "HTTP/1.1".equals(request.getProtocol())
                && Boolean.getBoolean("com.laincloud.zero-copy")
                && GrizzlyRequest.isBehind(request);
    }

    /**
     * Starts sending; {@code end} is done when all is sent, or the client has gone, in a thread that may wait.
     *
     * @throws IOException if the file cannot be opened, or the client has gone already; then nothing is done at the end
     */
    public static void send(
            HttpServletRequest request, Path file, long offset, long length, SlowReaders readers, Runnable end)
            throws IOException {
        Request grizzly = GrizzlyRequest.of(request);
        FilterChainContext context = grizzly.getContext();
        NIOConnection connection = (NIOConnection) context.getConnection();
        FileTransfer transfer = FileTransfer.open(connection.getAsyncWriteQueue(), file, offset, length);
        try {
            grizzly.getResponse().getOutputBuffer().flush(); // the head; the file follows behind the container's back
        } catch (IOException e) {
            transfer.release();
            throw e;
        }
        readers.entered(connection, transfer);
        context.write(transfer, new SentHandler(connection, transfer, () -> {
            readers.left(transfer);
            end.run();
        }));
    }

    /**
     * However it ends, the file is closed and the request is over. The thread that says so writes to other clients as well,
     * and the end of a request may have to wait for such a write: so the end is left to a worker.
     */
    @SuppressWarnings("rawtypes") // as Grizzly declares what it calls back with
    private static final class SentHandler extends EmptyCompletionHandler<WriteResult> {

        private final Connection<?> connection;
        private final FileTransfer transfer;
        private final Runnable end;
        private final AtomicBoolean isOver = new AtomicBoolean();

        SentHandler(Connection<?> connection, FileTransfer transfer, Runnable end) {
            this.connection = connection;
            this.transfer = transfer;
            this.end = end;
        }

        @Override
        public void completed(WriteResult result) {
            over();
        }

        @Override
        public void failed(Throwable reason) {
            connection.terminateSilently(); // nothing else does: no byte would come on it any more, and it would stay
            over();
        }

        @Override
        public void cancelled() {
            connection.terminateSilently();
            over();
        }

        private void over() {
            if (isOver.compareAndSet(false, true)) {
                transfer.release();
                try {
                    connection.getTransport().getWorkerThreadPool().execute(end);
                } catch (RejectedExecutionException e) {
                    connection.terminateSilently();
                    end.run(); // nothing is left to write, so this does not wait
                }
            }
        }
    }
}
