package com.laincloud.registry.http;

import com.laincloud.registry.connector.SlowReaders;
import com.laincloud.registry.connector.ZeroCopy;
import com.laincloud.registry.storage.StoredContent;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file as the body of an answer, sent by the container without copying it through this process, after the
 * resource has said the rest.
 *
 * @param offset of the first byte in the file
 * @param length how many bytes
 */
public record FileBody(Path file, long offset, long length) {

    private static final String ATTRIBUTE = FileBody.class.getName();

    /** Below this, sending asynchronously costs more than copying. */
    private static final long WORTHWHILE = 64 * 1024;

    /**
     * Leaves a body to be sent when the resource is done.
     *
     * @return false if that is not possible or not worthwhile for this request: then the caller sends the bytes, or finds
     *     out that they are not there
     */
    public static boolean leave(HttpServletRequest request, StoredContent.InFile content, ByteRange part) {
        boolean isLeft = part.length() >= WORTHWHILE
                && request.isAsyncSupported()
                && ZeroCopy.isPossible(request)
                && content.file().toFile().length() >= content.size();
        if (isLeft) {
            request.setAttribute(ATTRIBUTE, new FileBody(content.file(), part.first(), part.length()));
        }
        return isLeft;
    }

    /** The body that was left for a request, if one was. */
    static @Nullable FileBody of(HttpServletRequest request) {
        return (FileBody) request.getAttribute(ATTRIBUTE);
    }

    /**
     * Begins to send the body that was left, if one was. Holds no thread while it is on its way.
     *
     * @param end done when all is sent, or the client has gone
     * @return whether there is something to wait for
     */
    static boolean sendIfLeft(
            HttpServletRequest request, HttpServletResponse response, SlowReaders readers, Runnable end) {
        FileBody body = of(request);
        if (body == null || response.isCommitted()) {
            return false;
        }
        response.setContentLengthLong(body.length);
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        Runnable last = () -> {
            end.run();
            async.complete();
        };
        try {
            ZeroCopy.send(request, body.file, body.offset, body.length, readers, last);
        } catch (IOException e) {
            last.run();
        }
        return true;
    }
}
