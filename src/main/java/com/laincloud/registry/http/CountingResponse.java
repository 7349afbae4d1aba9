package com.laincloud.registry.http;

import com.laincloud.registry.connector.UnreadException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of an answer's body that pass through this process, and writes them no faster than the client reads. The client of an upload may have gone before it is
 * answered: that is nothing to complain about, and the access log tells it.
 */
final class CountingResponse extends HttpServletResponseWrapper {

    /** What waits for its client next is at most so long. */
    private static final int PIECE = 16 << 10;

    private final boolean mayBeUnheard;
    private final Room room;
    private @Nullable CountingStream stream;

    /** Waits until the client has read nearly all that was written. */
    @FunctionalInterface
    interface Room {
        void await() throws IOException;
    }

    /** @param mayBeUnheard whether an answer that the client does not take is dropped, instead of being a failure */
    CountingResponse(HttpServletResponse response, boolean mayBeUnheard, Room room) {
        super(response);
        this.room = room;
        this.mayBeUnheard = mayBeUnheard;
    }

    long count() {
        return stream == null ? 0 : stream.count;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (stream == null) {
            stream = new CountingStream(super.getOutputStream(), mayBeUnheard, room);
        }
        return stream;
    }

    private static final class CountingStream extends ServletOutputStream {

        private final ServletOutputStream out;
        private final boolean mayBeUnheard;
        private final Room room;
        private long count;
        private boolean isUnread;

        CountingStream(ServletOutputStream out, boolean mayBeUnheard, Room room) {
            this.room = room;
            this.out = out;
            this.mayBeUnheard = mayBeUnheard;
        }

        private void dropIfUnheard(IOException e) throws IOException {
            if (!mayBeUnheard) {
                throw e;
            }
        }

        @Override
        public void write(int b) throws IOException {
            try {
                out.write(b);
                count++;
            } catch (IOException e) {
                dropIfUnheard(e);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                for (int written = 0; written < length; written += PIECE) {
                    room.await();
                    out.write(bytes, offset + written, Math.min(PIECE, length - written));
                }
                count += length;
            } catch (UnreadException e) {
                isUnread = true;
                throw e;
            } catch (IOException e) {
                dropIfUnheard(e);
            }
        }

        @Override
        public void flush() throws IOException {
            if (isUnread) {
                return; // the connection is closed
            }
            try {
                out.flush();
            } catch (IOException e) {
                dropIfUnheard(e);
            }
        }

        @Override
        public void close() throws IOException {
            if (isUnread) {
                return;
            }
            try {
                out.close();
            } catch (IOException e) {
                dropIfUnheard(e);
            }
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(listener);
        }
    }
}
