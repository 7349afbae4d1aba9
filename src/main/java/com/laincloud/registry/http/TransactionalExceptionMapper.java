package com.laincloud.registry.http;

import jakarta.transaction.TransactionalException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/**
 * A transaction that could not be committed. Jersey brings a mapper of its own for these, which fails where a connection
 * broke in the commit, and makes it a 500.
 */
@Provider
public class TransactionalExceptionMapper implements ExceptionMapper<TransactionalException> {

    @Override
    public Response toResponse(TransactionalException e) {
        return Failure.of(e).toResponse();
    }
}
