package com.laincloud.registry.auth;

import com.laincloud.registry.audit.Denial;
import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.audit.Denials;
import com.laincloud.registry.auth.Requirement.Nothing;
import com.laincloud.registry.auth.Requirement.Scopes;
import com.laincloud.registry.http.Locations;
import com.laincloud.registry.http.Requester;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import java.util.Objects;
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

    private final Authenticators authenticators;
    private final Denials denials;
    private final Locations locations;
    private final HttpServletRequest servletRequest;

    @Inject
    public AccessFilter(
            Authenticators authenticators, Denials denials, Locations locations, HttpServletRequest servletRequest) {
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
        Authenticator authenticator = authenticators.current();
        Requester requester = requester(request);
        Caller caller;
        try {
            caller = authenticator.authenticate(authorization(request), requester.address());
        } catch (RefusedException e) {
            if (e.reason() != null) {
                Denial denial = new Denial(scopes.repository(), Scope.join(scopes.wanted()), e.reason(), e.detail());
                record(denial, requester.claiming(e.claimedName()));
            }
            throw unauthorized(authenticator, scopes, e.reason(), e.detail());
        } catch (UnusableFileException e) {
            throw new RegistryException(ErrorCode.UNAVAILABLE, "nobody can be authenticated; see the server's log");
        }
        if (caller.method() != null) {
            requester = requester.authenticated(caller.name(), caller.method());
            request.setProperty(Requester.ATTRIBUTE, requester);
        }
        if (!scopes.wanted().stream().allMatch(caller::may)) {
            String wanted = Scope.join(scopes.wanted());
            String detail = "what is needed is " + wanted;
            record(new Denial(scopes.repository(), wanted, Reason.INSUFFICIENT_SCOPE, detail), requester);
            throw unauthorized(authenticator, scopes, Reason.INSUFFICIENT_SCOPE, detail);
        }
        request.setProperty(Caller.ATTRIBUTE, caller);
        request.setSecurityContext(
                new CallerSecurityContext(caller, request.getSecurityContext().isSecure()));
    }

    private UnauthorizedException unauthorized(
            Authenticator authenticator, Scopes scopes, @Nullable Reason reason, String detail) {
        String challenge =
                authenticator.challenge(scopes.wanted(), reason, path -> locations.absolute(servletRequest, path));
        return new UnauthorizedException(challenge, detail);
    }

    /** Nobody gets in because a refusal could not be written down; nor is anybody told that. */
    private void record(Denial denial, Requester requester) {
        try {
            denials.record(denial, requester);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a denial could not be recorded: " + denial, e);
        }
    }

    private static @Nullable String authorization(ContainerRequestContext request) {
        List<String> headers = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
        if (headers != null && headers.size() > 1) {
            throw new BadRequestException("several Authorization headers");
        }
        return headers == null || headers.isEmpty() ? null : headers.getFirst();
    }

    private static Requester requester(ContainerRequestContext request) {
        return (Requester)
                Objects.requireNonNull(request.getProperty(Requester.ATTRIBUTE), "the outermost filter sets it");
    }
}
