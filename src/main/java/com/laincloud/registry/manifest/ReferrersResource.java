package com.laincloud.registry.manifest;

import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.Page;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v2/<name>/referrers/<digest>}: an index, made on the spot, of the manifests that are attached to another.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers">
 *     distribution-spec, listing referrers</a>
 */
@Path("v2/{name: .+}/referrers/{digest}")
@Singleton
public class ReferrersResource {

    private static final int MAX_PAGE = 100;
    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

    private final Referrers referrers;

    @Inject
    public ReferrersResource(Referrers referrers) {
        this.referrers = referrers;
    }

    @GET
    public Response list(
            @PathParam("name") RepositoryName repository,
            @PathParam("digest") Digest subject,
            @QueryParam("artifactType") @Nullable String artifactType,
            @QueryParam("n") @Nullable String n,
            @QueryParam("last") @Nullable String last) {
        String type = artifactType == null || artifactType.isEmpty() ? null : artifactType;
        int limit = Math.min(Page.of(n, null).limit(), MAX_PAGE);
        Referrers.Listed page = type != null && !isPrintable(type)
                ? Referrers.Listed.NONE
                : referrers.find(repository, subject, type, place(last), limit);
        Response.ResponseBuilder answer = Response.ok(index(page.referrers()), MediaTypes.OCI_INDEX);
        if (type != null) {
            answer.header("OCI-Filters-Applied", "artifactType");
        }
        page.next().ifPresent(next -> answer.header("Link", link(repository, subject, type, next, limit)));
        return answer.build();
    }

    /** No artifact type is anything else, and the database does not take everything. */
    private static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /** Where a page begins is for this server to say; clients only repeat it. */
    private static long place(@Nullable String last) {
        try {
            return last == null || last.isEmpty() ? 0 : Long.parseLong(last);
        } catch (NumberFormatException e) {
            throw new RegistryException(ErrorCode.PAGINATION_NUMBER_INVALID, last);
        }
    }

    private static String link(
            RepositoryName repository, Digest subject, @Nullable String artifactType, long next, int limit) {
        String filter =
                artifactType == null ? "" : "&artifactType=" + URLEncoder.encode(artifactType, StandardCharsets.UTF_8);
        return "</v2/" + repository + "/referrers/" + subject + "?last=" + next + "&n=" + limit + filter
                + ">; rel=\"next\"";
    }

    private static String index(List<Referrer> referrers) {
        JsonArrayBuilder manifests = JSON.createArrayBuilder();
        referrers.forEach(referrer -> manifests.add(descriptor(referrer)));
        return JSON.createObjectBuilder()
                .add("schemaVersion", 2)
                .add("mediaType", MediaTypes.OCI_INDEX)
                .add("manifests", manifests)
                .build()
                .toString();
    }

    private static JsonObjectBuilder descriptor(Referrer referrer) {
        Descriptor descriptor = referrer.descriptor();
        JsonObjectBuilder json = JSON.createObjectBuilder()
                .add("mediaType", descriptor.mediaType())
                .add("digest", descriptor.digest().toString())
                .add("size", descriptor.size());
        if (referrer.artifactType() != null) {
            json.add("artifactType", referrer.artifactType());
        }
        if (!referrer.annotations().isEmpty()) {
            JsonObjectBuilder annotations = JSON.createObjectBuilder();
            referrer.annotations().forEach(annotations::add);
            json.add("annotations", annotations);
        }
        return json;
    }
}
