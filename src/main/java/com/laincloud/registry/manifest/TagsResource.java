package com.laincloud.registry.manifest;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.http.Listing;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.Page;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v2/<name>/tags/list}.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags">distribution-spec,
 *     listing tags</a>
 */
@Path("v2/{name: .+}/tags/list")
@Singleton
public class TagsResource {

    private final Tags tags;
    private final CurrentSettings settings;

    @Inject
    public TagsResource(Tags tags, CurrentSettings settings) {
        this.tags = tags;
        this.settings = settings;
    }

    @GET
    public Response list(
            @PathParam("name") RepositoryName repository,
            @QueryParam("n") @Nullable String n,
            @QueryParam("last") @Nullable String last) {
        return new Listing(
                        "/v2/" + repository + "/tags/list",
                        "{\"name\":\"" + repository + "\",\"tags\":[",
                        settings.get().pages().maxTags(),
                        page -> tags.names(repository, page))
                .answer(Page.of(n, last));
    }
}
