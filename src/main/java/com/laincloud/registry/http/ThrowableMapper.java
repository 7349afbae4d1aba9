package com.laincloud.registry.http;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Turns what a resource throws into an answer: a refusal in the specification's words, and what no code foresaw. */
@Provider
public class ThrowableMapper implements ExceptionMapper<Throwable> {

    @Override
    public Response toResponse(Throwable e) {
        return Failure.of(e).toResponse();
    }
}
