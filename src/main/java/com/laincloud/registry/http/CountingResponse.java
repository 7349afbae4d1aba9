package com.laincloud.registry.http;

import com.laincloud.registry.oci.ErrorCode;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of an answer's body that pass through this process, and gives what the container refuses by itself the
 * form of every other error, where it would send a page of its own.
 */
final class CountingResponse extends HttpServletResponseWrapper {

    private @Nullable CountingStream stream;

    CountingResponse(HttpServletResponse response) {
        super(response);
    }

    long count() {
        return stream == null ? 0 : stream.count;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (stream == null) {
            stream = new CountingStream(super.getOutputStream());
        }
        return stream;
    }

    @Override
    public void sendError(int status) throws IOException {
        sendError(status, "the request is malformed");
    }

    @Override
    public void sendError(int status, @Nullable String reason) throws IOException {
        byte[] body = ErrorBody.json(
                        status >= 500 ? ErrorCode.UNKNOWN : ErrorCode.UNSUPPORTED,
                        List.of(reason == null ? "the request is malformed" : reason))
                .getBytes(StandardCharsets.UTF_8);
        resetBuffer();
        setStatus(status);
        setContentType("application/json");
        setContentLength(body.length);
        getOutputStream().write(body);
    }

    private static final class CountingStream extends ServletOutputStream {

        private final ServletOutputStream out;
        private long count;

        CountingStream(ServletOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
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
