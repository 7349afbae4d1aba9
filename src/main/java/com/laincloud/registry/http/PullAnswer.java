package com.laincloud.registry.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * What a pull is answered with, whether a resource says it or a filter.
 *
 * @param headers all that the answer has for itself, its length included
 */
public record PullAnswer(int status, Map<String, String> headers, Body body) {

    /** What follows the headers. */
    public sealed interface Body {

        /** Nothing: to {@code HEAD}, or because the client has it. */
        record None() implements Body {}

        /** Bytes at hand. */
        @SuppressWarnings("ArrayRecordComponent") // nothing compares them
        record Bytes(byte[] bytes) implements Body {}

        /** Bytes of the storage. */
        record Stored(ContentBody content) implements Body {}
    }

    /** The answer of a resource. */
    public Response toResponse(HttpServletRequest request) {
        Response.ResponseBuilder answer = Response.status(status);
        headers.forEach(answer::header);
        return switch (body) {
            case Body.None none -> answer.build();
            case Body.Bytes all -> answer.entity(all.bytes()).build();
            case Body.Stored stored ->
                stored.content().leave(request)
                        ? answer.build() // the container sends them after us
                        : answer.entity((StreamingOutput) stored.content()::write)
                                .build();
        };
    }

    /** Answers a request that does not come to a resource. Nothing is said before the bytes of the storage are open. */
    public void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (body) {
            case Body.None none -> describe(response);
            case Body.Bytes all -> {
                describe(response);
                response.getOutputStream().write(all.bytes());
            }
            case Body.Stored stored -> {
                ContentBody content = stored.content();
                if (content.leave(request)) {
                    describe(response);
                } else {
                    try (InputStream bytes = content.open()) {
                        describe(response);
                        content.write(bytes, response.getOutputStream());
                    }
                }
            }
        }
    }

    private void describe(HttpServletResponse response) {
        response.setStatus(status);
        headers.forEach(response::setHeader);
    }
}
