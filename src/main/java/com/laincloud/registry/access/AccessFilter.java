package com.laincloud.registry.access;

import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.util.List;

/**
 * The guard before every resource. It is a filter of JAX-RS, because only there it is known which resource will answer, and
 * because what it refuses still passes the outermost filter, as the container's own authentication would not: with a number,
 * the common headers, and a line in the access log.
 */
@Provider
@Singleton
@Priority(Priorities.AUTHENTICATION)
public class AccessFilter implements ContainerRequestFilter {

    private final Admission admission;
    private final HttpServletRequest servletRequest;

    /** @param servletRequest stands for the one at hand */
    @Inject
    public AccessFilter(Admission admission, HttpServletRequest servletRequest) {
        this.admission = admission;
        this.servletRequest = servletRequest;
    }

    /** @throws RegistryException {@link ErrorCode#UNAUTHORIZED}; {@link ErrorCode#UNSUPPORTED} for what no caller may do now */
    @Override
    public void filter(ContainerRequestContext request) {
        List<Need> needs = AccessPolicy.of(request.getMethod(), request.getUriInfo());
        if (!needs.isEmpty()) {
            Caller caller = admission.admit(servletRequest, needs);
            request.setSecurityContext(new CallerSecurityContext(
                    caller, request.getSecurityContext().isSecure()));
        }
    }
}
