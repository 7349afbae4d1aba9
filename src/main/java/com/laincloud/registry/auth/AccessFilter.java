package com.laincloud.registry.auth;

import com.laincloud.registry.audit.Denial;
import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.audit.Denials;
import com.laincloud.registry.auth.Requirement.Nothing;
import com.laincloud.registry.auth.Requirement.Scopes;
import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.http.Locations;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.request.Requester;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import org.jspecify.annotations.Nullable;

/**
 * The guard before every resource. It is a filter of JAX-RS, because only there it is known which resource will answer, and
 * because what it refuses still passes the outermost filter, as the container's own authentication would not: with a number,
 * the common headers, and a line in the access log.
 */
@Provider
@Singleton
@Priority(Priorities.AUTHENTICATION)
public class AccessFilter implements ContainerRequestFilter {

    private static final System.Logger LOG = System.getLogger(AccessFilter.class.getName());

    private final Callers callers;
    private final Authenticators authenticators;
    private final Denials denials;
    private final Locations locations;
    private final HttpServletRequest servletRequest;

    /** @param servletRequest stands for the one at hand */
    @Inject
    public AccessFilter(
            Callers callers,
            Authenticators authenticators,
            Denials denials,
            Locations locations,
            HttpServletRequest servletRequest) {
        this.callers = callers;
        this.authenticators = authenticators;
        this.denials = denials;
        this.locations = locations;
        this.servletRequest = servletRequest;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        switch (AccessPolicy.of(request.getMethod(), request.getUriInfo())) {
            case Nothing nothing -> {}
            case Scopes scopes -> admit(request, scopes);
        }
    }

    private void admit(ContainerRequestContext request, Scopes scopes) {
        Caller caller = caller(scopes);
        if (!scopes.wanted().stream().allMatch(caller::may)) {
            String detail = "what is needed is " + Scope.join(scopes.wanted());
            record(scopes, Reason.INSUFFICIENT_SCOPE, detail, CurrentRequester.of(servletRequest));
            throw unauthorized(scopes, Reason.INSUFFICIENT_SCOPE, detail);
        }
        request.setSecurityContext(
                new CallerSecurityContext(caller, request.getSecurityContext().isSecure()));
    }

    private Caller caller(Scopes scopes) {
        try {
            return callers.of(servletRequest);
        } catch (RefusedException e) {
            if (e.reason() != null) {
                record(
                        scopes,
                        e.reason(),
                        e.detail(),
                        CurrentRequester.of(servletRequest).claiming(e.claimedName()));
            }
            throw unauthorized(scopes, e.reason(), e.detail());
        } catch (UnusableFileException e) {
            throw new RegistryException(ErrorCode.UNAVAILABLE, "nobody can be authenticated; see the server's log");
        }
    }

    private UnauthorizedException unauthorized(Scopes scopes, @Nullable Reason reason, String detail) {
        String challenge = authenticators
                .current()
                .challenge(scopes.wanted(), reason, path -> locations.absolute(servletRequest, path));
        return new UnauthorizedException(challenge, detail);
    }

    /** Nobody gets in because a refusal could not be written down; nor is anybody told that. */
    private void record(Scopes scopes, Reason reason, String detail, Requester requester) {
        Denial denial = new Denial(scopes.repository(), Scope.join(scopes.wanted()), reason, detail);
        try {
            denials.record(denial, requester);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a denial could not be recorded: " + denial, e);
        }
    }
}
