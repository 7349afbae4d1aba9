package com.laincloud.registry.upload;

import com.laincloud.registry.access.Access;
import com.laincloud.registry.access.Action;
import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.auth.Callers;
import com.laincloud.registry.blob.Mounts;
import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.Requester;
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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v2/<name>/blobs/uploads/}: opens a session, whose bytes are hashed as {@code digest-algorithm} says; or
 * pushes a whole blob, with {@code digest}; or mounts one, with {@code mount}, from the repository {@code from} or from any,
 * where that can be done.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs">distribution-spec,
 *     pushing blobs</a>
 */
@Path("v2/{name: .+}/blobs/uploads")
@Singleton
public class UploadsResource {

    private final Uploads uploads;
    private final Mounts mounts;
    private final UploadAnswers answers;
    private final Access access;
    private final Callers callers;

    @Inject
    public UploadsResource(Uploads uploads, Mounts mounts, UploadAnswers answers, Access access, Callers callers) {
        this.uploads = uploads;
        this.mounts = mounts;
        this.answers = answers;
        this.access = access;
        this.callers = callers;
    }

    @POST
    public Response post(
            @PathParam("name") RepositoryName repository,
            @QueryParam("digest") @Nullable Digest digest,
            @QueryParam("digest-algorithm") @Nullable DigestAlgorithm algorithm,
            @QueryParam("mount") @Nullable Digest mount,
            @QueryParam("from") @Nullable String source,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable Long contentLength,
            InputStream body,
            @Context HttpServletRequest request) {
        if (mount != null && isMounted(repository, mount, source, callers.of(request), CurrentRequester.of(request))) {
            return answers.created(repository, mount, request);
        }
        if (digest == null) {
            UUID upload = uploads.start(repository, algorithm == null ? DigestAlgorithm.SHA256 : algorithm);
            return answers.started(repository, upload, request);
        }
        uploads.push(repository, digest, Chunk.of(body, null, contentLength), CurrentRequester.of(request));
        return answers.created(repository, digest, request);
    }

    /** What cannot be mounted is uploaded, and so is what was to be mounted from where there can be no repository. */
    private boolean isMounted(
            RepositoryName target, Digest digest, @Nullable String source, Caller caller, Requester requester) {
        if (source == null || source.isEmpty()) { // as far as the client may pull: else it would learn what there is
            return mounts.mountFromAnywhere(
                    target, digest, repository -> access.allows(caller, Action.PULL, repository, digest), requester);
        }
        return RepositoryName.isValid(source) && mounts.mount(new RepositoryName(source), target, digest, requester);
    }
}
