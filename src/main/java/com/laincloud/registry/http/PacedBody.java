package com.laincloud.registry.http;

import com.laincloud.registry.connector.WaitingClients.WaitingClient;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.time.Duration;

/** A request whose body is counted while it comes, and which has a place among {@link WaitingBodies} once it is waited for. */
final class PacedBody extends HttpServletRequestWrapper implements WaitingClient {

    private final WaitingBodies bodies;
    private final Runnable endOfInput;
    private volatile long received;
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean isWaitedFor;
    private volatile boolean givenUp;
    private boolean hasPlace;
    private long windowBegin = lastNanos;
    private long windowReceived;

    /** @param endOfInput has a read that waits meet the end */
    PacedBody(HttpServletRequest request, WaitingBodies bodies, Runnable endOfInput) {
        super(request);
        this.bodies = bodies;
        this.endOfInput = endOfInput;
    }

    @Override
    public boolean isSending() {
        return true;
    }

    @Override
    public long silence(long now) {
        return isWaitedFor ? now - lastNanos : 0;
    }

    @Override
    public boolean isGivenUp() {
        return givenUp;
    }

    @Override
    public void giveUp() {
        givenUp = true;
        endOfInput.run();
    }

    /**
     * Whether at least so many bytes came in every window of waiting, the one that is not over aside. A client is not slow while
     * the server has not asked it for more. Asked by one thread.
     */
    boolean isPaced(long now, Duration window, long least) {
        if (!isWaitedFor) {
            windowBegin = now;
            windowReceived = received;
            return true;
        }
        if (now - windowBegin < window.toNanos()) {
            return true;
        }
        long before = windowReceived;
        windowBegin = now;
        windowReceived = received;
        return windowReceived - before >= least;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return new Counted(super.getInputStream());
    }

    /** Before a read: takes a place if it will have to wait. */
    private void begin(int available) {
        if (available > 0) {
            return;
        }
        if (!hasPlace) {
            bodies.enter(this);
            hasPlace = true;
        }
        lastNanos = System.nanoTime();
        isWaitedFor = true;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread reads a body
    private void end(int bytes) {
        isWaitedFor = false;
        received += Math.max(bytes, 0);
        if (bytes < 0) {
            leave();
        }
    }

    /** Gives the place back; once or more often. */
    void leave() {
        isWaitedFor = false;
        if (hasPlace) {
            hasPlace = false;
            bodies.leave(this);
        }
    }

    /** The stream, which counts what comes. */
    private final class Counted extends ServletInputStream {

        private final ServletInputStream stream;

        Counted(ServletInputStream stream) {
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            begin(stream.available());
            int value = -1;
            try {
                value = stream.read();
            } finally {
                end(value < 0 ? -1 : 1);
            }
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            begin(stream.available());
            int read = -1;
            try {
                read = stream.read(buffer, offset, length);
            } catch (CancelledKeyException e) {
                throw new IOException(e); // the client has gone in this very moment
            } finally {
                end(read);
            }
            return read;
        }

        @Override
        public int available() throws IOException {
            return stream.available();
        }

        @Override
        public boolean isFinished() {
            return stream.isFinished();
        }

        @Override
        public boolean isReady() {
            return stream.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            stream.setReadListener(listener);
        }
    }
}
