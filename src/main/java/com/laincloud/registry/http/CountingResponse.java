package com.laincloud.registry.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of an answer's body that pass through this process. The client of an upload may have gone before it is
 * answered: that is nothing to complain about, and the access log tells it.
 */
final class CountingResponse extends HttpServletResponseWrapper {

    private final boolean mayBeUnheard;
    private @Nullable CountingStream stream;

    /** @param mayBeUnheard whether an answer that the client does not take is dropped, instead of being a failure */
    CountingResponse(HttpServletResponse response, boolean mayBeUnheard) {
        super(response);
        this.mayBeUnheard = mayBeUnheard;
    }

    long count() {
        return stream == null ? 0 : stream.count;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (stream == null) {
            stream = new CountingStream(super.getOutputStream(), mayBeUnheard);
        }
        return stream;
    }

    private static final class CountingStream extends ServletOutputStream {

        private final ServletOutputStream out;
        private final boolean mayBeUnheard;
        private long count;

        CountingStream(ServletOutputStream out, boolean mayBeUnheard) {
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
                out.write(bytes, offset, length);
                count += length;
            } catch (IOException e) {
                dropIfUnheard(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                dropIfUnheard(e);
            }
        }

        @Override
        public void close() throws IOException {
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
