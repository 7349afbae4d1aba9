package com.laincloud.registry.http;

import com.laincloud.registry.oci.RegistryException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.List;

/**
 * Gives what JAX-RS refuses by itself, such as unknown routes and methods, the form of every other error. A path parameter
 * that is no valid name, tag or digest arrives here too, wrapped: then the reason within is the answer.
 */
@Provider
public class WebApplicationExceptionMapper implements ExceptionMapper<WebApplicationException> {

    @Override
    public Response toResponse(WebApplicationException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof RegistryException reason) {
                return Failure.of(reason).toResponse();
            }
        }
        Response refusal = e.getResponse();
        int status = refusal.getStatus();
        Response.ResponseBuilder answer = ErrorBody.answer(status, ErrorBody.codeOf(status), List.of(detail(refusal)));
        String allow = refusal.getHeaderString(HttpHeaders.ALLOW);
        return (allow == null ? answer : answer.header(HttpHeaders.ALLOW, allow)).build();
    }

    private static String detail(Response refusal) {
        return switch (refusal.getStatus()) {
            case 404 -> "there is no such route";
            case 405 -> "the route does not know this method";
            default -> refusal.getStatusInfo().getReasonPhrase();
        };
    }
}
