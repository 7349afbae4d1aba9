package com.laincloud.registry.http;

import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** {@code /}: 200 and nothing else, for health checks that know no more of a registry than its address. */
@Path("/")
@Singleton
public class RootResource {

    @GET
    public Response get() {
        return Response.ok().build();
    }

    @HEAD
    public Response head() {
        return Response.ok().build();
    }
}
