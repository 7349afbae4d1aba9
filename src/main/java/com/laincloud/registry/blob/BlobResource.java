package com.laincloud.registry.blob;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.http.ByteRange;
import com.laincloud.registry.http.ContentBody;
import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.http.Deletion;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.EntityTags;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v2/<name>/blobs/<digest>}.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs">distribution-spec,
 *     pulling blobs</a>
 */
@Path("v2/{name: .+}/blobs/{digest: (?!uploads(?:/|$))[^/]+}")
@Singleton
public class BlobResource {

    private static final int PARTIAL_CONTENT = 206;

    private final Blobs blobs;
    private final CurrentSettings settings;

    @Inject
    public BlobResource(Blobs blobs, CurrentSettings settings) {
        this.blobs = blobs;
        this.settings = settings;
    }

    @GET
    public Response get(
            @PathParam("name") RepositoryName repository,
            @PathParam("digest") Digest digest,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @HeaderParam("Range") @Nullable String rangeHeader,
            @HeaderParam("If-Range") @Nullable String ifRange,
            @Context HttpServletRequest request) {
        Blob blob = blobs.requireToPull(repository, digest);
        if (EntityTags.matches(ifNoneMatch, digest)) {
            return described(Response.notModified(), blob).build();
        }
        String range = ifRange == null || EntityTags.matches(ifRange, digest) ? rangeHeader : null;
        return ByteRange.of(range, blob.size())
                .map(part -> described(Response.status(PARTIAL_CONTENT), blob)
                        .header("Content-Range", part.contentRange(blob.size()))
                        .header(HttpHeaders.CONTENT_LENGTH, part.length())
                        .entity(body(blob, part, request))
                        .build())
                .orElseGet(() -> described(Response.ok(), blob)
                        .header(HttpHeaders.CONTENT_LENGTH, blob.size())
                        .entity(body(blob, new ByteRange(0, blob.size()), request))
                        .build());
    }

    @HEAD
    public Response head(
            @PathParam("name") RepositoryName repository,
            @PathParam("digest") Digest digest,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch) {
        Blob blob = blobs.requireToPull(repository, digest);
        if (!blobs.isWhole(blob)) {
            throw new RegistryException(ErrorCode.BLOB_UNKNOWN, digest.toString());
        }
        return EntityTags.matches(ifNoneMatch, digest)
                ? described(Response.notModified(), blob).build()
                : described(Response.ok(), blob)
                        .header(HttpHeaders.CONTENT_LENGTH, blob.size())
                        .build();
    }

    @DELETE
    public Response delete(
            @PathParam("name") RepositoryName repository,
            @PathParam("digest") Digest digest,
            @Context HttpServletRequest request) {
        Deletion.requireEnabled(settings.get());
        blobs.delete(repository, digest, CurrentRequester.of(request));
        return Response.accepted().build();
    }

    private static Response.ResponseBuilder described(Response.ResponseBuilder answer, Blob blob) {
        blob.headers().forEach(answer::header);
        return answer;
    }

    /** The bytes to send: none here if the container then sends them after us by itself. */
    private @Nullable StreamingOutput body(Blob blob, ByteRange part, HttpServletRequest request) {
        ContentBody body = new ContentBody(blobs.content(blob), part);
        return body.leave(request) ? null : body::write;
    }
}
