package com.laincloud.registry.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.InvocationTargetException;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.http.server.Request;

/**
 * Payara's way to send a file from the page cache to the socket (Grizzly's {@code sendfile}), which its Servlet API does
 * not reach. Only for HTTP/1.1 without TLS: over TLS and HTTP/2 it sends nothing.
 *
 * <p>All that is particular to the container stands here; where it does not apply, callers stream.
 */
final class ZeroCopy {

    private ZeroCopy() {}

    /** Whether a file can be sent so for this request. */
    static boolean isPossible(HttpServletRequest request) {
        return !request.isSecure()
                && "HTTP/1.1".equals(request.getProtocol())
                && Boolean.getBoolean("org.glassfish.grizzly.http.USE_SEND_FILE")
                && request.getClass().getName().equals("org.apache.catalina.connector.RequestFacade");
    }

    /** Starts sending; {@code async} is completed when all is sent, or the client has gone. */
    static void send(HttpServletRequest request, FileBody body, AsyncContext async) {
        grizzlyRequest(request)
                .getResponse()
                .getOutputBuffer()
                .sendfile(body.file().toFile(), body.offset(), body.length(), new SentHandler(async));
    }

    private static Request grizzlyRequest(HttpServletRequest facade) {
        try {
            Object coyote =
                    facade.getClass().getMethod("getUnwrappedCoyoteRequest").invoke(facade);
            return (Request) coyote.getClass().getMethod("getCoyoteRequest").invoke(coyote);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("this container is not the one that was tested", e);
        }
    }

    /** However it ends, the request is over. */
    @SuppressWarnings("rawtypes") // as Grizzly declares what it calls back with
    private static final class SentHandler extends EmptyCompletionHandler<WriteResult> {

        private final AsyncContext async;

        SentHandler(AsyncContext async) {
            this.async = async;
        }

        @Override
        public void completed(WriteResult result) {
            async.complete();
        }

        @Override
        public void failed(Throwable reason) {
            async.complete();
        }

        @Override
        public void cancelled() {
            async.complete();
        }
    }
}
