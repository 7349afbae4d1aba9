package com.laincloud.registry.auth;

import com.laincloud.registry.oci.RepositoryName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * One action on one resource, as tokens and challenges name it: {@code repository:library/debian:pull}.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/scope/">docker/distribution, token scope</a>
 */
public record Scope(String type, String name, String action) {

    public static final String PULL = "pull";
    public static final String PUSH = "push";
    public static final String DELETE = "delete";

    /** For docker/distribution 2.4, what deleting needs; since 2.7 that is called {@code delete}. */
    public static final String ANYTHING = "*";

    /** To list the repositories. */
    public static final Scope CATALOG = new Scope("registry", "catalog", ANYTHING);

    /** To do what concerns the whole registry, and whatever nothing else is said about. */
    public static final Scope ADMINISTRATION = new Scope("registry", "admin", ANYTHING);

    private static final String REPOSITORY = "repository";

    /** An action on a repository. */
    public static Scope of(RepositoryName repository, String action) {
        return new Scope(REPOSITORY, repository.value(), action);
    }

    /** The scope that a text spells; empty if it spells none. */
    public static Optional<Scope> parse(String text) {
        int first = text.indexOf(':');
        int last = text.lastIndexOf(':');
        return first < 0 || first == last
                ? Optional.empty()
                : Optional.of(
                        new Scope(text.substring(0, first), text.substring(first + 1, last), text.substring(last + 1)));
    }

    /**
     * Whether a caller that was granted these may do this. Only the same action grants it. {@code *} does not stand for all
     * actions: it is an action of its own, which deleting needs, and which {@code delete} grants as well.
     */
    public boolean isAmong(Set<Scope> granted) {
        boolean isDeletion = type.equals(REPOSITORY) && action.equals(ANYTHING);
        return granted.contains(this) || (isDeletion && granted.contains(new Scope(type, name, DELETE)));
    }

    /** How a challenge spells several: actions on one resource together, resources apart. */
    public static String join(Collection<Scope> scopes) {
        Map<String, StringJoiner> actions = new LinkedHashMap<>();
        for (Scope scope : scopes) {
            String resource = scope.type + ":" + scope.name + ":";
            actions.computeIfAbsent(resource, prefix -> new StringJoiner(",", prefix, ""))
                    .add(scope.action);
        }
        StringJoiner joined = new StringJoiner(" ");
        actions.values().forEach(resource -> joined.add(resource.toString()));
        return joined.toString();
    }

    @Override
    public String toString() {
        return type + ":" + name + ":" + action;
    }
}
