package com.laincloud.registry.auth;

import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.lifecycle.StartUp;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.request.Requester;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out who sent a request: once for each, however many ask. */
@Singleton
public class Callers {

    private final Authenticators authenticators;

    @Inject
    public Callers(Authenticators authenticators) {
        this.authenticators = authenticators;
    }

    /** Checks at the start, while the operator is looking, that keys and passwords can be read. */
    void check(@Observes StartUp startUp) {
        authenticators.current().check();
    }

    /**
     * Who sent a request.
     *
     * @throws RefusedException if the credentials it has prove nothing
     * @throws UnusableFileException if no caller can be authenticated
     * @throws RegistryException if the caller has to wait, or sends several credentials at once
     */
    public Caller of(HttpServletRequest request) {
        Object known = request.getAttribute(Caller.ATTRIBUTE);
        if (known instanceof RuntimeException refusal) {
            throw refusal;
        }
        return known instanceof Caller caller ? caller : identify(request);
    }

    private Caller identify(HttpServletRequest request) {
        Requester requester = CurrentRequester.of(request);
        try {
            Caller caller = authenticators.current().authenticate(authorization(request), requester.address());
            request.setAttribute(Caller.ATTRIBUTE, caller);
            if (caller.method() != null) {
                CurrentRequester.set(request, requester.authenticated(caller.name(), caller.method()));
            }
            return caller;
        } catch (RefusedException | UnusableFileException | RegistryException e) {
            request.setAttribute(Caller.ATTRIBUTE, e);
            throw e;
        }
    }

    private static @Nullable String authorization(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders("Authorization"));
        if (headers.size() > 1) {
            throw new RegistryException(ErrorCode.UNSUPPORTED, 400, "several Authorization headers");
        }
        return headers.isEmpty() ? null : headers.getFirst();
    }
}
