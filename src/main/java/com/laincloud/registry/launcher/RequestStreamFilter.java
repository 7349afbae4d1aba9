package com.laincloud.registry.launcher;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.memory.Buffers;

/**
 * Lets through to the HTTP codec what {@link RequestStream} can tell apart. In place of a head that is malformed the codec gets
 * a request that the application answers with 400, so that the answer comes in its turn, has what every answer has, and is in
 * the access log; then the connection is closed. A body that is malformed is ended by a chunk that the codec refuses as well.
 *
 * <p>Of several requests that a client sends without waiting for answers, each waits for a thread like one that comes alone:
 * a thread that answered them all would be kept from other clients for as long as that takes.
 */
final class RequestStreamFilter extends BaseFilter {

    /** How long a head may take to come. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final byte[] REFUSED_CHUNK = "Z\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_CHUNK = "\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Attribute<RequestStream> streams =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(RequestStreamFilter.class.getName(), RequestStream::new);
    private final Attribute<Boolean> refused =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(RequestStreamFilter.class.getName() + ".refused");
    private final Attribute<Boolean> more =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(RequestStreamFilter.class.getName() + ".more");
    private final Map<Connection<?>, Long> waiting = new ConcurrentHashMap<>();

    /** Begins to close the connections on which a head does not come to its end. */
    RequestStreamFilter closeSlowHeads() {
        Thread.ofPlatform().daemon().name("http-slow-heads").start(this::watch);
        return this;
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        Buffer bytes = context.getMessage();
        if (refused.isSet(connection) || !connection.isOpen()) { // an answer before may have been the last
            bytes.tryDispose();
            return context.getStopAction();
        }
        if (more.remove(connection) != null) {
            return waitForTurn(context);
        }
        RequestStream stream = streams.get(connection);
        if (stream.skip(bytes.remaining())) {
            return context.getInvokeAction();
        }
        ByteBuffer read = bytes.toByteBuffer();
        int length = read.remaining();
        ByteArrayOutputStream accepted = new ByteArrayOutputStream(Math.min(length, RequestStream.LONGEST_HEAD));
        try {
            stream.read(read, accepted);
        } catch (MalformedRequestException e) {
            refused.set(connection, Boolean.TRUE);
            if (stream.isBetweenRequests()) {
                accepted.writeBytes(refusal(e));
            } else if (stream.isInBody()) {
                accepted.writeBytes(stream.isBehindChunk() ? END_OF_CHUNK : new byte[0]);
                accepted.writeBytes(REFUSED_CHUNK);
            } else {
                connection.terminateSilently();
                return context.getStopAction();
            }
        }
        note(connection, stream);
        Buffer next = null;
        if (read.hasRemaining() && !refused.isSet(connection)) {
            next = bytes.split(bytes.position() + length - read.remaining());
            more.set(connection, Boolean.TRUE);
        }
        bytes.tryDispose();
        if (accepted.size() == 0) {
            return context.getStopAction();
        }
        context.setMessage(Buffers.wrap(context.getMemoryManager(), accepted.toByteArray()));
        return context.getInvokeAction(next);
    }

    /** The chain comes back with the next of several requests as soon as the one before it is answered, in the same thread. */
    private static NextAction waitForTurn(FilterChainContext context) {
        NextAction action = context.getSuspendAction();
        context.suspend();
        context.getConnection().getTransport().getWorkerThreadPool().execute(context::resume);
        return action;
    }

    @Override
    public NextAction handleClose(FilterChainContext context) {
        waiting.remove(context.getConnection());
        return context.getInvokeAction();
    }

    private void note(Connection<?> connection, RequestStream stream) {
        if (stream.isInHead() && !refused.isSet(connection)) {
            waiting.putIfAbsent(connection, System.nanoTime());
            if (!connection.isOpen()) {
                waiting.remove(connection);
            }
        } else {
            waiting.remove(connection);
        }
    }

    private static byte[] refusal(MalformedRequestException reason) {
        String why = URLEncoder.encode(reason.getMessage(), StandardCharsets.UTF_8);
        return ("GET /malformed-request?why=" + why + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void watch() {
        while (true) {
            try {
                Thread.sleep(INTERVAL);
            } catch (InterruptedException e) {
                return;
            }
            long now = System.nanoTime();
            waiting.forEach((connection, since) -> {
                if (now - since > PATIENCE.toNanos()) {
                    connection.terminateSilently();
                }
            });
        }
    }
}
