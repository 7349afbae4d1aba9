package com.laincloud.registry.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.blob.BlobResource;
import com.laincloud.registry.http.ApiVersionResource;
import com.laincloud.registry.http.RootResource;
import com.laincloud.registry.manifest.ManifestResource;
import com.laincloud.registry.manifest.ReferrersResource;
import com.laincloud.registry.manifest.TagHistoryResource;
import com.laincloud.registry.manifest.TagsResource;
import com.laincloud.registry.repository.CatalogResource;
import com.laincloud.registry.upload.UploadResource;
import com.laincloud.registry.upload.UploadsResource;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessPolicyTest {

    @Path("v2/{name: .+}/a-route-of-tomorrow/{reference}")
    private static final class TomorrowsRepositoryResource {}

    @Path("admin/a-route-of-tomorrow")
    private static final class TomorrowsResource {}

    private static final class NoRoute {}

    /** As the container tells it of a request for something in the repository {@code library/debian}. */
    private static UriInfo request(String path, String... query) {
        MultivaluedMap<String, String> parameters = new MultivaluedHashMap<>();
        parameters.add("name", "library/debian");
        MultivaluedMap<String, String> queryParameters = new MultivaluedHashMap<>();
        for (int i = 0; i < query.length; i += 2) {
            queryParameters.add(query[i], query[i + 1]);
        }
        return (UriInfo) Proxy.newProxyInstance(
                UriInfo.class.getClassLoader(),
                new Class<?>[] {UriInfo.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getPathParameters" -> parameters;
                    case "getQueryParameters" -> queryParameters;
                    case "getRequestUri" -> URI.create("http://registry" + path);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static String wanted(String method, Class<?> resource, String... query) {
        return Scope.join(Need.scopes(AccessPolicy.of(method, resource, request("/v2/", query))));
    }

    @Test
    void whatIsOpenToEveryClientIsTheRootAndARedirection() {
        assertThat(AccessPolicy.of("GET", RootResource.class, request("/"))).isEmpty();
        assertThat(AccessPolicy.of("GET", ApiVersionResource.class, request("/v2")))
                .isEmpty();
        assertThat(AccessPolicy.of("GET", ApiVersionResource.class, request("/v2/")))
                .containsExactly(new Need(Action.ENTER));
    }

    @Test
    void readingNeedsPullWritingNeedsPullAndPushAndDeletingNeedsAnything() {
        for (Class<?> resource : List.of(
                ManifestResource.class,
                BlobResource.class,
                TagsResource.class,
                TagHistoryResource.class,
                ReferrersResource.class)) {
            assertThat(wanted("GET", resource)).isEqualTo("repository:library/debian:pull");
            assertThat(wanted("HEAD", resource)).isEqualTo("repository:library/debian:pull");
        }
        assertThat(wanted("PUT", ManifestResource.class)).isEqualTo("repository:library/debian:pull,push");
        assertThat(wanted("DELETE", ManifestResource.class)).isEqualTo("repository:library/debian:*");
        assertThat(wanted("DELETE", BlobResource.class)).isEqualTo("repository:library/debian:*");
        assertThat(wanted("GET", ReferrersResource.class)).isEqualTo("repository:library/debian:pull");
        assertThat(wanted("GET", CatalogResource.class)).isEqualTo("registry:catalog:*");
    }

    @Test
    void everythingAboutUploadsNeedsPullAndPushAndMountingNeedsPullOfTheSource() {
        for (String method : new String[] {"POST", "GET", "PATCH", "PUT", "DELETE"}) {
            assertThat(wanted(method, UploadResource.class)).isEqualTo("repository:library/debian:pull,push");
        }
        assertThat(wanted("POST", UploadsResource.class)).isEqualTo("repository:library/debian:pull,push");
        assertThat(wanted("POST", UploadsResource.class, "mount", "sha256:…", "from", "prior"))
                .isEqualTo("repository:library/debian:pull,push repository:prior:pull");
        assertThat(wanted("POST", UploadsResource.class, "mount", "sha256:…", "from", "library/debian"))
                .isEqualTo("repository:library/debian:pull,push");
        assertThat(wanted("POST", UploadsResource.class, "mount", "sha256:…"))
                .isEqualTo("repository:library/debian:pull,push");
        for (String source : new String[] {"", "..", "a\"\r\nX: y"}) {
            assertThat(wanted("POST", UploadsResource.class, "mount", "sha256:…", "from", source))
                    .as("nothing is mounted from where there can be no repository")
                    .isEqualTo("repository:library/debian:pull,push");
        }
    }

    @Test
    void aRouteThatThePolicyDoesNotMentionIsClosed() {
        assertThat(wanted("GET", TomorrowsResource.class)).isEqualTo("registry:admin:*");
        assertThat(wanted("GET", NoRoute.class)).isEqualTo("registry:admin:*");
        assertThat(wanted("GET", TomorrowsRepositoryResource.class)).isEqualTo("repository:library/debian:pull");
        assertThat(wanted("BREW", TomorrowsRepositoryResource.class)).isEqualTo("repository:library/debian:pull,push");
    }
}
