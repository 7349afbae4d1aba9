package com.laincloud.registry.upload;

import com.laincloud.registry.blob.Blobs;
import com.laincloud.registry.http.Requester;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v2/<name>/blobs/uploads/}: opens a session; or pushes a whole blob, with {@code digest}; or mounts one, with
 * {@code mount} and {@code from}, where that can be done.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs">distribution-spec,
 *     pushing blobs</a>
 */
@Path("v2/{name: .+}/blobs/uploads")
@Singleton
public class UploadsResource {

    private final Uploads uploads;
    private final Blobs blobs;
    private final UploadAnswers answers;

    @Inject
    public UploadsResource(Uploads uploads, Blobs blobs, UploadAnswers answers) {
        this.uploads = uploads;
        this.blobs = blobs;
        this.answers = answers;
    }

    @POST
    public Response post(
            @PathParam("name") RepositoryName repository,
            @QueryParam("digest") @Nullable Digest digest,
            @QueryParam("mount") @Nullable Digest mount,
            @QueryParam("from") @Nullable RepositoryName source,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable Long contentLength,
            InputStream body,
            @Context HttpServletRequest request) {
        if (mount != null && source != null && blobs.mount(source, repository, mount, Requester.of(request))) {
            return answers.created(repository, mount, request);
        }
        if (digest == null) {
            return answers.progress(Response.accepted(), repository, uploads.start(repository), 0, request);
        }
        uploads.push(repository, digest, Chunk.of(body, null, contentLength), Requester.of(request));
        return answers.created(repository, digest, request);
    }
}
