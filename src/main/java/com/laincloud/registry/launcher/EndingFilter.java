package com.laincloud.registry.launcher;

import java.nio.charset.StandardCharsets;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.http.util.HttpStatus;
import org.glassfish.grizzly.memory.Buffers;

/**
 * Ends the connections that clients keep when the server stops. Once that has begun, each answer closes its connection, so that
 * the client asks another instance, or this one when it is there again. What is asked after the last request had its time is
 * answered 503: the container would say that the application is not there, and not when to try again.
 */
final class EndingFilter extends BaseFilter {

    private static final byte[] ANSWER = """
            {"errors":[{"code":"UNAVAILABLE","message":"service unavailable","detail":"the registry is being stopped"}]}""".getBytes(StandardCharsets.US_ASCII);

    private final Shutdown shutdown;

    EndingFilter(Shutdown shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        if (!shutdown.hasBegun()
                || !(context.getMessage() instanceof HttpContent content)
                || !(content.getHttpHeader() instanceof HttpRequestPacket request)) {
            return context.getInvokeAction();
        }
        request.getProcessingState().setKeepAlive(false);
        HttpResponsePacket response = request.getResponse();
        if (!shutdown.isDrained() || response.isCommitted()) {
            return context.getInvokeAction();
        }
        response.setStatus(HttpStatus.SERVICE_UNAVAILABLE_503);
        response.setContentType("application/json");
        response.setHeader(Header.RetryAfter, "5");
        response.setContentLength(ANSWER.length);
        context.write(response.httpContentBuilder()
                .content(Buffers.wrap(context.getMemoryManager(), ANSWER))
                .last(true)
                .build());
        context.getConnection().closeSilently();
        return context.getStopAction();
    }
}
