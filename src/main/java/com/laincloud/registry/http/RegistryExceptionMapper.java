package com.laincloud.registry.http;

import com.laincloud.registry.oci.RegistryException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Turns the specification's words into an answer. */
@Provider
public class RegistryExceptionMapper implements ExceptionMapper<RegistryException> {

    @Override
    public Response toResponse(RegistryException e) {
        Response.ResponseBuilder answer = ErrorBody.answer(e.status(), e.code(), e.details());
        e.headers().forEach(answer::header);
        return answer.build();
    }
}
