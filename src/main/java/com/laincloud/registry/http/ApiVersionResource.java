package com.laincloud.registry.http;

import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * {@code /v2/}: whether this is a registry that speaks the API.
 *
 * @see <a
 *     href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#determining-support">distribution-spec,
 *     determining support</a>
 */
@Path("v2")
@Singleton
public class ApiVersionResource {

    @GET
    public Response get(@Context HttpServletRequest request) {
        if (!request.getRequestURI().endsWith("/")) {
            return Response.status(Response.Status.MOVED_PERMANENTLY)
                    .header("Location", "/v2/")
                    .build();
        }
        return Response.ok("{}", MediaType.APPLICATION_JSON_TYPE).build();
    }

    @HEAD
    public Response head(@Context HttpServletRequest request) {
        return get(request);
    }
}
