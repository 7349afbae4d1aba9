package com.laincloud.registry.access;

import com.laincloud.registry.audit.Denial;
import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.audit.Denials;
import com.laincloud.registry.auth.Authenticators;
import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.auth.Callers;
import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.auth.UnusableFileException;
import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.http.Locations;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.Requester;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import java.util.Optional;
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

    private final Access access;
    private final Callers callers;
    private final Authenticators authenticators;
    private final Denials denials;
    private final Locations locations;
    private final HttpServletRequest servletRequest;

    /** @param servletRequest stands for the one at hand */
    @Inject
    public AccessFilter(
            Access access,
            Callers callers,
            Authenticators authenticators,
            Denials denials,
            Locations locations,
            HttpServletRequest servletRequest) {
        this.access = access;
        this.callers = callers;
        this.authenticators = authenticators;
        this.denials = denials;
        this.locations = locations;
        this.servletRequest = servletRequest;
    }

    /** @throws RegistryException {@link ErrorCode#UNAUTHORIZED}; {@link ErrorCode#UNSUPPORTED} for what no caller may do now */
    @Override
    public void filter(ContainerRequestContext request) {
        List<Need> needs = AccessPolicy.of(request.getMethod(), request.getUriInfo());
        if (!needs.isEmpty()) {
            Caller caller = caller(needs);
            admit(caller, needs);
            request.setSecurityContext(new CallerSecurityContext(
                    caller, request.getSecurityContext().isSecure()));
        }
    }

    private void admit(Caller caller, List<Need> needs) {
        List<Decision> decisions = needs.stream()
                .map(need -> access.decide(caller, need.action(), need.repository(), need.reference()))
                .toList();
        if (decisions.stream().anyMatch(Decision.Lacking.class::isInstance)) {
            String detail = "what is needed is " + Scope.join(Need.scopes(needs));
            record(needs, Reason.INSUFFICIENT_SCOPE, detail, CurrentRequester.of(servletRequest));
            throw unauthorized(needs, Reason.INSUFFICIENT_SCOPE, detail);
        }
        for (Decision decision : decisions) {
            if (decision instanceof Decision.Closed closed) {
                throw new RegistryException(ErrorCode.UNSUPPORTED, closed.reason());
            }
        }
    }

    private Caller caller(List<Need> needs) {
        try {
            return callers.of(servletRequest);
        } catch (RefusedException e) {
            if (e.reason() != null) {
                record(
                        needs,
                        e.reason(),
                        e.detail(),
                        CurrentRequester.of(servletRequest).claiming(e.claimedName()));
            }
            throw unauthorized(needs, e.reason(), e.detail());
        } catch (UnusableFileException e) {
            throw new RegistryException(ErrorCode.UNAVAILABLE, "nobody can be authenticated; see the server's log");
        }
    }

    private UnauthorizedException unauthorized(List<Need> needs, @Nullable Reason reason, String detail) {
        String challenge = authenticators
                .current()
                .challenge(Need.scopes(needs), reason, path -> locations.absolute(servletRequest, path));
        return new UnauthorizedException(challenge, detail);
    }

    /** A refusal that cannot be written down is a refusal all the same, and the client is not told of it. */
    private void record(List<Need> needs, Reason reason, String detail, Requester requester) {
        Optional<RepositoryName> repository =
                Optional.ofNullable(needs.getFirst().repository());
        Denial denial = new Denial(repository, Scope.join(Need.scopes(needs)), reason, detail);
        try {
            denials.record(denial, requester);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a denial could not be recorded: " + denial, e);
        }
    }
}
