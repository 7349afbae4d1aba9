package com.laincloud.registry.manifest;

import com.laincloud.registry.audit.TagHistory.Change;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.request.MomentText;
import com.laincloud.registry.request.Page;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v2/<name>/_oci/tags/history?tag=<tag>}: what a tag has named and when it was deleted, the latest first, where
 * {@code tags.history.enabled} is set.
 *
 * <p>The body is that of the draft of 2026-11-30: an array of descriptors, each with one annotation that says when the tag was set
 * or deleted. A deletion has the descriptor of what the tag named until then. Type and size are left out where nothing knows them
 * any more. The draft has the path {@code _oci/tag-history/<tag>}, and {@code before} in place of {@code last}: only what is
 * older than that moment.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/pull/606">distribution-spec, pull request 606</a>
 */
@Path("v2/{name: .+}/_oci/tags/history")
@Singleton
public class TagHistoryResource {

    private static final int MAX_PAGE = 15;
    private static final String CREATED = "org.opencontainers.distribution.tag.created";
    private static final String DELETED = "org.opencontainers.distribution.tag.deleted";
    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

    private final TagChanges changes;
    private final CurrentSettings settings;

    @Inject
    public TagHistoryResource(TagChanges changes, CurrentSettings settings) {
        this.changes = changes;
        this.settings = settings;
    }

    @GET
    public Response list(
            @PathParam("name") RepositoryName repository,
            @QueryParam("tag") @Nullable String tag,
            @QueryParam("n") @Nullable String n,
            @QueryParam("last") @Nullable String last) {
        if (!settings.get().tagHistory()) {
            throw new NotFoundException();
        }
        Tag named = new Tag(tag == null ? "" : tag);
        int limit = Math.min(Page.of(n, null).limit(), MAX_PAGE);
        List<Change> found = changes.of(repository, named, moment(last), limit + 1);
        List<Change> shown = found.subList(0, Math.min(found.size(), limit));
        Response.ResponseBuilder answer = Response.ok(json(shown), MediaType.APPLICATION_JSON_TYPE);
        if (found.size() > limit && limit > 0) {
            answer.header("Link", link(repository, named, shown.getLast().at(), limit));
        }
        return answer.build();
    }

    private static Optional<Instant> moment(@Nullable String last) {
        if (last == null || last.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(MomentText.parse(last)
                .orElseThrow(() -> new RegistryException(ErrorCode.PAGINATION_NUMBER_INVALID, last)));
    }

    private static String link(RepositoryName repository, Tag tag, Instant last, int limit) {
        return "</v2/" + repository + "/_oci/tags/history?tag=" + tag + "&last=" + last + "&n=" + limit
                + ">; rel=\"next\"";
    }

    private static String json(List<Change> changes) {
        JsonArrayBuilder descriptors = JSON.createArrayBuilder();
        changes.forEach(change -> descriptors.add(descriptor(change)));
        return descriptors.build().toString();
    }

    private static JsonObjectBuilder descriptor(Change change) {
        JsonObjectBuilder json = JSON.createObjectBuilder();
        if (change.descriptor() != null) {
            json.add("mediaType", change.descriptor().mediaType())
                    .add("size", change.descriptor().size());
        }
        return json.add("digest", change.digest().toString())
                .add(
                        "annotations",
                        JSON.createObjectBuilder()
                                .add(
                                        change.isDeletion() ? DELETED : CREATED,
                                        change.at().toString()));
    }
}
