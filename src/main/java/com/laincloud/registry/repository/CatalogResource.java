package com.laincloud.registry.repository;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.http.Listing;
import com.laincloud.registry.request.Page;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v2/_catalog}: the repositories that hold manifests.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/api/#listing-repositories">Docker Registry HTTP API V2,
 *     listing repositories</a>
 */
@Path("v2/_catalog")
@Singleton
public class CatalogResource {

    private final Repositories repositories;
    private final CurrentSettings settings;

    @Inject
    public CatalogResource(Repositories repositories, CurrentSettings settings) {
        this.repositories = repositories;
        this.settings = settings;
    }

    @GET
    public Response list(@QueryParam("n") @Nullable String n, @QueryParam("last") @Nullable String last) {
        int maxPage = settings.get().pages().maxRepositories();
        return new Listing("/v2/_catalog", "{\"repositories\":[", maxPage, repositories::names)
                .answer(Page.of(n, last));
    }
}
