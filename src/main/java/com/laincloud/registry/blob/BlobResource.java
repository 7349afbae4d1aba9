package com.laincloud.registry.blob;

import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/**
 * {@code /v2/<name>/blobs/<digest>}.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs">distribution-spec,
 *     pulling blobs</a>
 */
@Path("v2/{name: .+}/blobs/{digest: (?!uploads(?:/|$))[^/]+}")
@Singleton
public class BlobResource {

    private final Blobs blobs;
    private final BlobAnswers answers;

    @Inject
    public BlobResource(Blobs blobs, BlobAnswers answers) {
        this.blobs = blobs;
        this.answers = answers;
    }

    @GET
    public Response get(
            @PathParam("name") RepositoryName repository,
            @PathParam("digest") Digest digest,
            @Context HttpServletRequest request) {
        return answers.pull(repository, digest, request).toResponse(request);
    }

    @HEAD
    public Response head(
            @PathParam("name") RepositoryName repository,
            @PathParam("digest") Digest digest,
            @Context HttpServletRequest request) {
        return answers.pull(repository, digest, request).toResponse(request);
    }

    @DELETE
    public Response delete(
            @PathParam("name") RepositoryName repository,
            @PathParam("digest") Digest digest,
            @Context HttpServletRequest request) {
        blobs.delete(repository, digest, CurrentRequester.of(request));
        return Response.accepted().build();
    }
}
