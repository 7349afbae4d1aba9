package com.laincloud.registry.manifest;

import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.oci.RepositoryName;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/**
 * {@code DELETE /v2/<name>/_registry/repository}: 202 when every tag and manifest of a repository is deleted. An extension in
 * the sense of the distribution-spec. {@code /v2/<name>} itself would not do: {@code a/manifests/b} is a name as well as
 * a manifest of {@code a}, and a reference that a script leaves empty would delete everything.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/extensions/README.md">distribution-spec,
 *     extensions</a>
 */
@Path("v2/{name: .+}/_registry/repository")
@Singleton
public class RepositoryResource {

    private final RepositoryDeletion deletion;

    @Inject
    public RepositoryResource(RepositoryDeletion deletion) {
        this.deletion = deletion;
    }

    @DELETE
    public Response delete(@PathParam("name") RepositoryName repository, @Context HttpServletRequest request) {
        deletion.delete(repository, CurrentRequester.of(request));
        return Response.accepted().build();
    }
}
