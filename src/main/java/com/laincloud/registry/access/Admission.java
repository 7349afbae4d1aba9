package com.laincloud.registry.access;

import com.laincloud.registry.audit.Denial;
import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.audit.Denials;
import com.laincloud.registry.audit.Events;
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
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Lets a caller do what a request does, or refuses it and records that. */
@Singleton
public class Admission {

    private static final System.Logger LOG = System.getLogger(Admission.class.getName());

    /** So many are told in a header, of which there may be a thousand. */
    private static final int MOST_TOLD = 20;

    private final Access access;
    private final Callers callers;
    private final Authenticators authenticators;
    private final Denials denials;
    private final Events events;
    private final Locations locations;

    @Inject
    public Admission(
            Access access,
            Callers callers,
            Authenticators authenticators,
            Denials denials,
            Events events,
            Locations locations) {
        this.access = access;
        this.callers = callers;
        this.authenticators = authenticators;
        this.denials = denials;
        this.events = events;
        this.locations = locations;
    }

    /**
     * Lets a caller do the same in several repositories, which only the body of the request names.
     *
     * @throws RegistryException {@link ErrorCode#UNAUTHORIZED}; {@link ErrorCode#UNSUPPORTED} for what no caller may do now
     */
    public void require(HttpServletRequest request, Action action, Collection<RepositoryName> repositories) {
        admit(
                request,
                repositories.stream()
                        .map(repository -> new Need(action, repository, null))
                        .toList());
    }

    /**
     * The caller of a request, who may do all that it does.
     *
     * @throws RegistryException as {@link #require}
     */
    Caller admit(HttpServletRequest request, List<Need> needs) {
        Caller caller = caller(needs, request);
        require(caller, needs, request);
        if (needs.stream().anyMatch(need -> need.action().isWriting())) {
            events.expect(CurrentRequester.of(request));
        }
        return caller;
    }

    private void require(Caller caller, List<Need> needs, HttpServletRequest request) {
        List<Decision> decisions = needs.stream()
                .map(need -> access.decide(caller, need.action(), need.repository(), need.reference()))
                .toList();
        List<Need> lacking = IntStream.range(0, needs.size())
                .filter(number -> decisions.get(number) instanceof Decision.Lacking)
                .mapToObj(needs::get)
                .toList();
        if (!lacking.isEmpty()) {
            List<Need> told = needs.size() <= MOST_TOLD
                    ? needs
                    : lacking.stream().limit(MOST_TOLD).toList();
            String detail = "what is needed is " + Scope.join(Need.scopes(told));
            record(told, Reason.INSUFFICIENT_SCOPE, detail, CurrentRequester.of(request));
            throw unauthorized(told, Reason.INSUFFICIENT_SCOPE, detail, request);
        }
        for (Decision decision : decisions) {
            if (decision instanceof Decision.Closed closed) {
                throw new RegistryException(ErrorCode.UNSUPPORTED, closed.reason());
            }
        }
    }

    private Caller caller(List<Need> needs, HttpServletRequest request) {
        try {
            return callers.of(request);
        } catch (RefusedException e) {
            if (e.reason() != null) {
                record(
                        needs,
                        e.reason(),
                        e.detail(),
                        CurrentRequester.of(request).claiming(e.claimedName()));
            }
            throw unauthorized(needs, e.reason(), e.detail(), request);
        } catch (UnusableFileException e) {
            throw new RegistryException(ErrorCode.UNAVAILABLE, "no client can be authenticated; see the server's log");
        }
    }

    private UnauthorizedException unauthorized(
            List<Need> needs, @Nullable Reason reason, String detail, HttpServletRequest request) {
        String challenge = authenticators
                .current()
                .challenge(Need.scopes(needs), reason, path -> locations.absolute(request, path));
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
