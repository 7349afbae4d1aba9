package com.laincloud.registry.access;

import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What each request does: the one place that says so, for every route there is. It reads the route and the name of the
 * repository from where the resource itself has them, so that the two cannot disagree. A route that nothing is said about
 * is for administrators.
 *
 * <pre>
 * /, /health                            nothing
 * /v2/                                  enter
 * /v2/_catalog                          list
 * /v2/_registry/release                 enter; then, of each repository that the body names, push to it
 * /v2/NAME/blobs/uploads/…              push to NAME
 *   GET of one                          follow the push
 *   mounting, from another repository   pull from FROM as well
 * GET, HEAD of anything else of NAME    pull from NAME
 * DELETE of it                          delete in NAME
 * any other method                      push to NAME
 * anything else                         administer, among it /admin/config and /v2/_registry/events
 * </pre>
 */
final class AccessPolicy {

    private static final String REPOSITORY = "v2/{name: .+}/";
    private static final String UPLOADS = REPOSITORY + "blobs/uploads";

    private AccessPolicy() {}

    /** What a request does that was matched to a resource; nothing if the resource is open to every client. */
    static List<Need> of(String method, UriInfo uri) {
        List<Object> matched = uri.getMatchedResources();
        return of(method, matched.isEmpty() ? Object.class : matched.getFirst().getClass(), uri);
    }

    /** What a request does that was matched to a resource of this class. */
    static List<Need> of(String method, Class<?> resource, UriInfo uri) {
        String route = route(resource);
        return switch (route) {
            case "/", "health" -> List.of();
            case "v2" -> isOnlyRedirected(uri) ? List.of() : List.of(new Need(Action.ENTER));
            case "v2/_registry/release" -> List.of(new Need(Action.ENTER));
            case "v2/_catalog" -> List.of(new Need(Action.LIST));
            default ->
                route.startsWith(REPOSITORY) ? ofRepository(method, route, uri) : List.of(new Need(Action.ADMINISTER));
        };
    }

    private static List<Need> ofRepository(String method, String route, UriInfo uri) {
        MultivaluedMap<String, String> path = uri.getPathParameters();
        RepositoryName repository =
                RepositoryName.valueOf(Objects.requireNonNull(path.getFirst("name"), "the route has it"));
        if (route.startsWith(UPLOADS)) {
            return ofUpload(method, repository, uri.getQueryParameters());
        }
        Action action = switch (method) {
            case "GET", "HEAD" -> Action.PULL;
            case "DELETE" -> Action.DELETE;
            default -> Action.PUSH;
        };
        return List.of(new Need(action, repository, reference(path)));
    }

    /** What is no reference is refused by the resource. */
    private static @Nullable Reference reference(MultivaluedMap<String, String> path) {
        String text = path.getFirst(path.containsKey("digest") ? "digest" : "reference");
        try {
            return text == null ? null : Reference.valueOf(text);
        } catch (RegistryException e) {
            return null;
        }
    }

    private static List<Need> ofUpload(String method, RepositoryName repository, MultivaluedMap<String, String> query) {
        Need push = new Need(method.equals("GET") ? Action.FOLLOW : Action.PUSH, repository, null);
        String source = query.getFirst("from");
        boolean isMount = query.containsKey("mount") && source != null && RepositoryName.isValid(source);
        return isMount ? List.of(push, new Need(Action.PULL, new RepositoryName(source), null)) : List.of(push);
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
