package com.laincloud.registry.pull;

import com.laincloud.registry.auth.Callers;
import com.laincloud.registry.blob.Blobs;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.http.ByteRange;
import com.laincloud.registry.http.ContentBody;
import com.laincloud.registry.http.DatabaseFailure;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.StoredManifest;
import com.laincloud.registry.manifest.AcceptedTypes;
import com.laincloud.registry.manifest.Manifests;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.storage.StorageException;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Answers what is asked most, and most plainly: for a whole manifest or blob that is there, of a type that the client names,
 * or whether a blob is there; with no condition, by somebody who may. Everything else, and all that is wrong with a request, is left to the resources, which
 * would answer these requests in the same way; it would cost twice as much.
 */
@SuppressWarnings("serial") // containers do not serialise filters
public class PullFilter extends HttpFilter {

    private final Manifests manifests;
    private final Blobs blobs;
    private final Callers callers;

    @Inject
    public PullFilter(Manifests manifests, Blobs blobs, Callers callers) {
        this.manifests = manifests;
        this.blobs = blobs;
        this.callers = callers;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<PlainPull> pull = isPlain(request) ? PlainPull.of(request.getRequestURI()) : Optional.empty();
        if (pull.isEmpty()
                || !callers.mayPull(request, pull.get().repository())
                || !answer(pull.get(), request, response)) {
            chain.doFilter(request, response);
        }
    }

    private boolean answer(PlainPull pull, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            return switch (pull) {
                case PlainPull.OfManifest of ->
                    answer(manifests.find(of.repository(), of.reference()), of.reference(), request, response);
                case PlainPull.OfBlob of -> answer(blobs.findToPull(of.repository(), of.digest()), request, response);
            };
        } catch (StorageException e) { // the resource meets it as well, and has the words for it
            return false;
        } catch (DatabaseException e) { // which the resource would wait for once more
            DatabaseFailure.answer(e, response);
            return true;
        }
    }

    private boolean isPlain(HttpServletRequest request) {
        return (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"))
                && request.getQueryString() == null
                && Stream.of("Range", "If-Range", "If-Match", "If-None-Match")
                        .allMatch(condition -> request.getHeader(condition) == null);
    }

    private static boolean answer(
            Optional<StoredManifest> found,
            Reference reference,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (found.isEmpty() || !isServedAsStored(found.get().mediaType(), reference, request)) {
            return false;
        }
        StoredManifest manifest = found.get();
        describe(response, manifest.headers());
        if (request.getMethod().equals("GET")) {
            response.getOutputStream().write(manifest.payload());
        }
        return true;
    }

    /** What is older than schema 2 is signed on its way; by tag, others are converted for clients that do not name them. */
    private static boolean isServedAsStored(String mediaType, Reference reference, HttpServletRequest request) {
        return !MediaTypes.SCHEMA1_MANIFESTS.contains(mediaType)
                && (reference instanceof Digest
                        || AcceptedTypes.of(Collections.list(request.getHeaders("Accept")))
                                .name(mediaType));
    }

    private boolean answer(Optional<Blob> found, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (found.isEmpty()) {
            return answerMissing(request, response);
        }
        Blob blob = found.get();
        if (request.getMethod().equals("HEAD") && !blobs.isWhole(blob)) {
            return answerMissing(request, response);
        }
        ContentBody body = new ContentBody(blobs.content(blob), new ByteRange(0, blob.size()));
        if (request.getMethod().equals("HEAD") || body.leave(request)) {
            describe(response, blob);
            return true;
        }
        try (InputStream bytes = body.open()) { // before anything is said: it may not be there
            describe(response, blob);
            body.write(bytes, response.getOutputStream());
        }
        return true;
    }

    private static void describe(HttpServletResponse response, Blob blob) {
        describe(response, blob.headers());
        response.setContentLengthLong(blob.size());
    }

    /** Whether a blob is there is what every push asks first; an answer without a body need not say why it is not. */
    private static boolean answerMissing(HttpServletRequest request, HttpServletResponse response) {
        boolean isHead = request.getMethod().equals("HEAD");
        if (isHead) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            response.setContentType("application/json");
        }
        return isHead;
    }

    private static void describe(HttpServletResponse response, Map<String, String> headers) {
        headers.forEach(response::setHeader);
    }
}
