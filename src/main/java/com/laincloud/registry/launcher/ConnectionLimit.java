package com.laincloud.registry.launcher;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.memory.Buffers;

/**
 * Takes no more connections than the process has descriptors for, each of which may be followed by a file. One more is
 * answered with 503 once it asks for something; if those wait in numbers, at once. A server without descriptors would fail in
 * the middle of whatever it does, and could not even say so.
 */
final class ConnectionLimit extends BaseFilter {

    /** For connections to the database, of which there may be 50, and for what the server opens besides. */
    private static final long RESERVED = 100;

    /** What the server has open while it deploys the registry; 449 as measured. */
    private static final long TO_START = 480;

    private static final long OF_A_CONNECTION = 2;

    /** So many more may wait to be told, which takes half of what is reserved at most. */
    private static final long WAITING = RESERVED / 2;

    private static final long LEAST = 16;
    private static final long ENOUGH = 1000;

    private static final byte[] ANSWER = """
            HTTP/1.1 503 Service Unavailable\r
            Content-Type: application/json\r
            Content-Length: 107\r
            Retry-After: 5\r
            Connection: close\r
            \r
            {"errors":[{"code":"UNAVAILABLE","message":"service unavailable","detail":"too many connections at once"}]}
            """.stripTrailing().getBytes(StandardCharsets.US_ASCII);

    private final Attribute<Boolean> surplus =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(ConnectionLimit.class.getName());
    private final AtomicLong open = new AtomicLong();
    private final long descriptors;
    private final long most;

    private ConnectionLimit(long descriptors, long most) {
        this.descriptors = descriptors;
        this.most = most;
    }

    /**
     * Refuses a start that would end in the middle, and could not say why.
     *
     * @throws LaunchException if there are too few descriptors to deploy the registry
     */
    static void requireToStart() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < TO_START) {
            throw new LaunchException("ulimit -n is " + system.getMaxFileDescriptorCount() + ": at least " + TO_START
                    + " are needed to start; 8192 are enough for thousands of connections");
        }
    }

    /**
     * The limit that the descriptors leave which the process does not use by now.
     *
     * @throws LaunchException if that is next to nothing
     */
    static ConnectionLimit ofThisProcess() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return new ConnectionLimit(Long.MAX_VALUE, Long.MAX_VALUE);
        }
        long descriptors = system.getMaxFileDescriptorCount();
        long used = system.getOpenFileDescriptorCount() + RESERVED;
        long most = (descriptors - used) / OF_A_CONNECTION;
        if (most < LEAST) {
            throw new LaunchException("ulimit -n is " + descriptors + ": at least " + (used + LEAST * OF_A_CONNECTION)
                    + " are needed to serve " + LEAST + " connections; 8192 are enough for thousands");
        }
        return new ConnectionLimit(descriptors, most);
    }

    /** What an operator should know of it, if it is one that clients may meet. */
    Optional<String> warning() {
        return most >= ENOUGH
                ? Optional.empty()
                : Optional.of("ulimit -n is " + descriptors + ": no more than " + most
                        + " connections are served at once, others are answered with 503; set it to 8192 or more");
    }

    @Override
    public NextAction handleAccept(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        long taken = open.incrementAndGet();
        if (taken > most + WAITING) {
            refuse(context);
        } else if (taken > most) {
            surplus.set(connection, Boolean.TRUE);
        }
        return context.getInvokeAction();
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        if (!surplus.isSet(context.getConnection())) {
            return context.getInvokeAction();
        }
        context.<Buffer>getMessage().tryDispose();
        refuse(context);
        return context.getStopAction();
    }

    @Override
    public NextAction handleClose(FilterChainContext context) {
        open.decrementAndGet();
        return context.getInvokeAction();
    }

    private static void refuse(FilterChainContext context) {
        context.write(Buffers.wrap(context.getMemoryManager(), ANSWER));
        context.getConnection().closeSilently();
    }
}
