package com.laincloud.registry.upload;

import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v2/<name>/blobs/uploads/<id>}: an upload session.
 *
 * @see <a
 *     href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks">distribution-spec,
 *     pushing a blob in chunks</a>
 */
@Path("v2/{name: .+}/blobs/uploads/{id}")
@Singleton
public class UploadResource {

    private final Uploads uploads;
    private final UploadAnswers answers;

    @Inject
    public UploadResource(Uploads uploads, UploadAnswers answers) {
        this.uploads = uploads;
        this.answers = answers;
    }

    @GET
    public Response get(
            @PathParam("name") RepositoryName repository,
            @PathParam("id") String id,
            @Context HttpServletRequest request) {
        UUID upload = uuid(id);
        return answers.progress(Response.noContent(), repository, upload, uploads.size(repository, upload), request);
    }

    @PATCH
    public Response patch(
            @PathParam("name") RepositoryName repository,
            @PathParam("id") String id,
            @QueryParam(UploadAnswers.STATE) @Nullable String state,
            @HeaderParam("Content-Range") @Nullable String contentRange,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable Long contentLength,
            InputStream body,
            @Context HttpServletRequest request) {
        UUID upload = uuid(id);
        Chunk chunk = Chunk.of(body, contentRange, contentLength).after(acknowledged(state));
        long size = uploads.append(repository, upload, chunk);
        return answers.progress(Response.accepted(), repository, upload, size, request);
    }

    @PUT
    public Response put(
            @PathParam("name") RepositoryName repository,
            @PathParam("id") String id,
            @QueryParam("digest") @Nullable Digest digest,
            @QueryParam(UploadAnswers.STATE) @Nullable String state,
            @HeaderParam("Content-Range") @Nullable String contentRange,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable Long contentLength,
            InputStream body,
            @Context HttpServletRequest request) {
        if (digest == null) {
            throw new RegistryException(ErrorCode.DIGEST_INVALID, "the digest parameter is missing");
        }
        Chunk chunk = Chunk.of(body, contentRange, contentLength).after(acknowledged(state));
        uploads.complete(repository, uuid(id), digest, chunk, CurrentRequester.of(request));
        return answers.created(repository, digest, request);
    }

    @DELETE
    public Response delete(@PathParam("name") RepositoryName repository, @PathParam("id") String id) {
        uploads.cancel(repository, uuid(id));
        return Response.noContent().build();
    }

    /** A client may leave out what it does not understand, or change it; then it says nothing. */
    private static long acknowledged(@Nullable String state) {
        try {
            return state == null ? 0 : Long.parseLong(state);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(ErrorCode.BLOB_UPLOAD_UNKNOWN, id);
        }
    }
}
