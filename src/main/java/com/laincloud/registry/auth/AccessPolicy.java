package com.laincloud.registry.auth;

import com.laincloud.registry.auth.Requirement.Scopes;
import com.laincloud.registry.oci.RepositoryName;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Objects;

/**
 * What each request needs: the one place that says so, for every route there is. It reads the route and the name of the
 * repository from where the resource itself has them, so that the two cannot disagree. A route that nothing is said about
 * is for administrators.
 *
 * <pre>
 * /, /health                            nothing
 * /v2/                                  to be known
 * /v2/_catalog                          registry:catalog:*
 * /v2/NAME/blobs/uploads/…              repository:NAME:pull,push
 *   mounting, from another repository   repository:FROM:pull as well
 * GET, HEAD of anything else of NAME    repository:NAME:pull
 * DELETE of it                          repository:NAME:*, and whoever has repository:NAME:delete has it
 * any other method                      repository:NAME:pull,push
 * anything else                         registry:admin:*
 * </pre>
 */
final class AccessPolicy {

    private static final String REPOSITORY = "v2/{name: .+}/";
    private static final String UPLOADS = REPOSITORY + "blobs/uploads";

    private AccessPolicy() {}

    /** What a request needs that was matched to a resource. */
    static Requirement of(String method, UriInfo uri) {
        List<Object> matched = uri.getMatchedResources();
        return of(method, matched.isEmpty() ? Object.class : matched.getFirst().getClass(), uri);
    }

    /** What a request needs that was matched to a resource of this class. */
    static Requirement of(String method, Class<?> resource, UriInfo uri) {
        String route = route(resource);
        return switch (route) {
            case "/", "health" -> new Requirement.Nothing();
            case "v2" -> isOnlyRedirected(uri) ? new Requirement.Nothing() : Scopes.of();
            case "v2/_catalog" -> Scopes.of(Scope.CATALOG);
            default ->
                route.startsWith(REPOSITORY) ? ofRepository(method, route, uri) : Scopes.of(Scope.ADMINISTRATION);
        };
    }

    private static Requirement ofRepository(String method, String route, UriInfo uri) {
        RepositoryName repository = RepositoryName.valueOf(
                Objects.requireNonNull(uri.getPathParameters().getFirst("name"), "the route has it"));
        if (route.startsWith(UPLOADS)) {
            return ofUpload(repository, uri.getQueryParameters());
        }
        return switch (method) {
            case "GET", "HEAD" -> Scopes.on(repository, Scope.PULL);
            case "DELETE" -> Scopes.on(repository, Scope.ANYTHING);
            default -> Scopes.on(repository, Scope.PULL, Scope.PUSH);
        };
    }

    private static Requirement ofUpload(RepositoryName repository, MultivaluedMap<String, String> query) {
        Scopes scopes = Scopes.on(repository, Scope.PULL, Scope.PUSH);
        String source = query.getFirst("from");
        boolean isMount = query.containsKey("mount") && source != null && RepositoryName.isValid(source);
        return isMount ? scopes.and(Scope.of(new RepositoryName(source), Scope.PULL)) : scopes;
    }

    /** {@code /v2} leads to {@code /v2/}, and tells nothing. */
    private static boolean isOnlyRedirected(UriInfo uri) {
        return !uri.getRequestUri().getRawPath().endsWith("/");
    }

    /** The path template of a resource; empty if it has none. */
    private static String route(Class<?> resource) {
        for (Class<?> type = resource; type != null; type = type.getSuperclass()) {
            Path path = type.getAnnotation(Path.class); // the container may have put a class of its own in front
            if (path != null) {
                return path.value();
            }
        }
        return "";
    }
}
