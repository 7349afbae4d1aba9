package com.laincloud.registry.launcher;

import java.nio.charset.StandardCharsets;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.memory.Buffers;

/**
 * Answers a connection that does not begin with HTTP, as a client's TLS does. The container would wait for a request line,
 * or hang up; but clients that may fall back to plain HTTP do so when they are answered in it.
 */
final class FirstByteFilter extends BaseFilter {

    private static final byte[] ANSWER = """
            HTTP/1.1 400 Bad Request\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: 21\r
            Connection: close\r
            \r
            this is no HTTP here
            """.getBytes(StandardCharsets.US_ASCII);

    private final Attribute<Boolean> begun =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(FirstByteFilter.class.getName() + ".begun");

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        Buffer bytes = context.getMessage();
        if (begun.isSet(connection) || !bytes.hasRemaining()) {
            return context.getInvokeAction();
        }
        begun.set(connection, Boolean.TRUE);
        if (beginsMethod(bytes.get(bytes.position()))) {
            return context.getInvokeAction();
        }
        bytes.tryDispose();
        context.write(Buffers.wrap(context.getMemoryManager(), ANSWER));
        connection.closeSilently();
        return context.getStopAction();
    }

    /** A method is a token; an empty line before it is allowed. */
    private static boolean beginsMethod(byte first) {
        return (first > ' ' && first < 127) || first == '\r' || first == '\n';
    }
}
