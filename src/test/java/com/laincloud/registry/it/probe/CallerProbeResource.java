package com.laincloud.registry.it.probe;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Tells what a resource can learn about its caller. It stands for a later addition that the policy does not mention. */
@Path("probe/caller")
@Singleton
public class CallerProbeResource {

    private final JsonWebToken injected;

    @Inject
    public CallerProbeResource(JsonWebToken injected) {
        this.injected = injected;
    }

    @GET
    public String get(@Context SecurityContext security, @Context HttpServletRequest request) {
        JsonWebToken principal = (JsonWebToken) security.getUserPrincipal();
        return String.join(
                "\n",
                "injected " + injected.getName() + " " + injected.getIssuer() + " " + injected.getAudience(),
                "principal " + principal.getName() + " "
                        + principal.getTokenID().equals(injected.getTokenID()),
                "scheme " + security.getAuthenticationScheme(),
                "admin " + security.isUserInRole("registry:admin:*"),
                "pull " + security.isUserInRole("repository:hello:pull"));
    }
}
