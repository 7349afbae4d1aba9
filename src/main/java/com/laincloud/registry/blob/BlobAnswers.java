package com.laincloud.registry.blob;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Redirects;
import com.laincloud.registry.http.ByteRange;
import com.laincloud.registry.http.ClientAddress;
import com.laincloud.registry.http.ContentBody;
import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.http.PullAnswer;
import com.laincloud.registry.http.PullAnswer.Body;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.EntityTags;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers the pull of a blob, whichever way the request came in. */
@Singleton
public class BlobAnswers {

    private static final String IF_RANGE = "If-Range";

    private final Blobs blobs;
    private final BlobBytes bytes;
    private final CurrentSettings settings;

    @Inject
    public BlobAnswers(Blobs blobs, BlobBytes bytes, CurrentSettings settings) {
        this.blobs = blobs;
        this.bytes = bytes;
        this.settings = settings;
    }

    /**
     * The answer to a {@code GET} or {@code HEAD}. A {@code GET} may be sent to where the bytes are.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UNKNOWN} or {@link ErrorCode#NAME_UNKNOWN}; to {@code HEAD} the former
     *     as well if the bytes are not there, which {@code GET} finds out when it opens them; {@link ErrorCode#RANGE_INVALID}
     */
    public PullAnswer pull(RepositoryName repository, Digest digest, HttpServletRequest request) {
        boolean isHead = request.getMethod().equals("HEAD");
        Blob blob = isHead ? blobs.requireToKeep(repository, digest) : blobs.requireToPull(repository, digest);
        if (isHead && !bytes.isWhole(blob)) {
            throw new RegistryException(ErrorCode.BLOB_UNKNOWN, digest.toString());
        }
        if (EntityTags.matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), digest)) {
            return new PullAnswer(HttpServletResponse.SC_NOT_MODIFIED, blob.headers(), new Body.None());
        }
        Map<String, String> headers = new LinkedHashMap<>(blob.headers());
        if (isHead) {
            headers.put(HttpHeaders.CONTENT_LENGTH, Long.toString(blob.size()));
            return new PullAnswer(HttpServletResponse.SC_OK, headers, new Body.None());
        }
        Optional<ByteRange> part = ByteRange.of(range(digest, request), blob.size());
        boolean asksPlainly = part.isPresent() || request.getHeader("Range") == null;
        Optional<URI> elsewhere = asksPlainly && mayGoElsewhere(request) ? bytes.address(blob) : Optional.empty();
        if (elsewhere.isPresent()) {
            return redirect(digest, elsewhere.get());
        }
        part.ifPresent(range -> headers.put("Content-Range", range.contentRange(blob.size())));
        ByteRange sent = part.orElse(new ByteRange(0, blob.size()));
        headers.put(HttpHeaders.CONTENT_LENGTH, Long.toString(sent.length()));
        return new PullAnswer(
                part.isPresent() ? HttpServletResponse.SC_PARTIAL_CONTENT : HttpServletResponse.SC_OK,
                headers,
                new Body.Stored(new ContentBody(bytes.content(blob), sent)));
    }

    /** The store has entity tags of its own. */
    private boolean mayGoElsewhere(HttpServletRequest request) {
        Redirects redirects = settings.get().storage().redirects();
        return redirects.enabled()
                && request.getHeader(IF_RANGE) == null
                && !ClientAddress.isWithin(
                        String.valueOf(CurrentRequester.of(request).address()), redirects.exceptFrom());
    }

    /** The address is good for a while only, unlike what is there. */
    private static PullAnswer redirect(Digest digest, URI address) {
        return new PullAnswer(
                HttpServletResponse.SC_TEMPORARY_REDIRECT,
                Map.of(
                        HttpHeaders.LOCATION,
                        address.toString(),
                        "Docker-Content-Digest",
                        digest.toString(),
                        HttpHeaders.CONTENT_LENGTH,
                        "0"),
                new Body.None());
    }

    private static @Nullable String range(Digest digest, HttpServletRequest request) {
        String ifRange = request.getHeader(IF_RANGE);
        return ifRange == null || EntityTags.matches(ifRange, digest) ? request.getHeader("Range") : null;
    }
}
