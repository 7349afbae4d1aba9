package com.laincloud.registry.auth.token;

import com.laincloud.registry.auth.Caller;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Lets every bean inject the token of the current request, as MicroProfile's {@link JsonWebToken}. */
@Singleton
public class CurrentToken {

    /** The token that was verified; one that says nothing where there is none. */
    @Produces
    @RequestScoped
    JsonWebToken token(HttpServletRequest request) {
        return request.getAttribute(Caller.ATTRIBUTE) instanceof Caller caller
                        && caller.principal() instanceof JsonWebToken token
                ? token
                : VerifiedToken.NONE;
    }
}
