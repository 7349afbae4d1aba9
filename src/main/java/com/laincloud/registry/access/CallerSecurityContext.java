package com.laincloud.registry.access;

import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.auth.Scope;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * What a resource can ask about the caller. A role is a scope: {@code isUserInRole("repository:library/debian:pull")}. The
 * principal of a token is a MicroProfile {@code JsonWebToken}.
 */
record CallerSecurityContext(Caller caller, boolean isSecure) implements SecurityContext {

    @Override
    public @Nullable Principal getUserPrincipal() {
        return caller.principal();
    }

    @Override
    public boolean isUserInRole(String role) {
        return Scope.parse(role).map(caller::may).orElse(false);
    }

    @Override
    public @Nullable String getAuthenticationScheme() {
        return caller.method();
    }
}
