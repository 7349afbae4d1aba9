package com.laincloud.registry.pull;

import com.laincloud.registry.access.Access;
import com.laincloud.registry.access.Action;
import com.laincloud.registry.auth.Callers;
import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.auth.UnusableFileException;
import com.laincloud.registry.blob.BlobAnswers;
import com.laincloud.registry.http.Failure;
import com.laincloud.registry.http.PullAnswer;
import com.laincloud.registry.manifest.ManifestAnswers;
import com.laincloud.registry.oci.RegistryException;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.util.Optional;

/**
 * The fast way of a pull: with the answer of the resources, but without the detour through JAX-RS, which would cost twice as
 * much. A request that names nothing well, or whose caller may not, is left to the resources before anything is looked up.
 */
@SuppressWarnings("serial") // containers do not serialise filters
public class PullFilter extends HttpFilter {

    private final ManifestAnswers manifests;
    private final BlobAnswers blobs;
    private final Access access;
    private final Callers callers;

    @Inject
    public PullFilter(ManifestAnswers manifests, BlobAnswers blobs, Access access, Callers callers) {
        this.manifests = manifests;
        this.blobs = blobs;
        this.access = access;
        this.callers = callers;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<PlainPull> pull = isPlain(request) ? PlainPull.of(request.getRequestURI()) : Optional.empty();
        if (pull.isEmpty() || !isAllowed(pull.get(), request)) {
            chain.doFilter(request, response);
            return;
        }
        try {
            answer(pull.get(), request).send(request, response);
        } catch (RuntimeException e) {
            if (response.isCommitted() || response.containsHeader(HttpHeaders.ETAG)) {
                throw e; // the answer has begun, and can only be broken off
            }
            Failure.of(e).send(request, response);
        }
    }

    private static boolean isPlain(HttpServletRequest request) {
        return (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"))
                && request.getQueryString() == null;
    }

    /** Where a caller may not, or is not known, {@code AccessFilter} has the answer, and keeps the record. */
    private boolean isAllowed(PlainPull pull, HttpServletRequest request) {
        try {
            return access.allows(callers.of(request), Action.PULL, pull.repository(), pull.reference());
        } catch (RefusedException | UnusableFileException | RegistryException e) {
            return false;
        }
    }

    private PullAnswer answer(PlainPull pull, HttpServletRequest request) {
        return switch (pull) {
            case PlainPull.OfManifest of -> manifests.pull(of.repository(), of.reference(), request);
            case PlainPull.OfBlob of -> blobs.pull(of.repository(), of.digest(), request);
        };
    }
}
