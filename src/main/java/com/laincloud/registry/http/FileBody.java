package com.laincloud.registry.http;

import jakarta.servlet.http.HttpServletRequest;
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
     * @return false if that is not possible or not worthwhile for this request: then the caller sends the bytes
     */
    public static boolean send(HttpServletRequest request, Path file, long offset, long length) {
        boolean sends = length >= WORTHWHILE && request.isAsyncSupported() && ZeroCopy.isPossible(request);
        if (sends) {
            request.setAttribute(ATTRIBUTE, new FileBody(file, offset, length));
        }
        return sends;
    }

    /** The body that was left for a request, if one was. */
    static @Nullable FileBody of(HttpServletRequest request) {
        return (FileBody) request.getAttribute(ATTRIBUTE);
    }
}
