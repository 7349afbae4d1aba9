package com.laincloud.registry.access;

import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.oci.RepositoryName;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** What can be done with a registry, and which scopes it needs. */
public enum Action {

    /** To be known, and no more. */
    ENTER,

    /** To list the repositories: {@code registry:catalog:*}. */
    LIST,

    /** To read what a repository holds: {@code repository:NAME:pull}. */
    PULL,

    /** To add to a repository: {@code repository:NAME:pull} and {@code push}. */
    PUSH,

    /** To ask how far an upload has come, as who pushes does: the scopes of {@link #PUSH}. */
    FOLLOW,

    /** To take out of a repository: {@code repository:NAME:*}, and who has {@code repository:NAME:delete} has it. */
    DELETE,

    /** To do what concerns the whole registry: {@code registry:admin:*}. */
    ADMINISTER;

    /** Whether it changes what is stored. */
    boolean isWriting() {
        return this == PUSH || this == DELETE;
    }

    /** @param repository null for what concerns no repository */
    SequencedSet<Scope> scopes(@Nullable RepositoryName repository) {
        return switch (this) {
            case ENTER -> new LinkedHashSet<>();
            case LIST -> new LinkedHashSet<>(List.of(Scope.CATALOG));
            case ADMINISTER -> new LinkedHashSet<>(List.of(Scope.ADMINISTRATION));
            case PULL -> on(repository, Scope.PULL);
            case PUSH, FOLLOW -> on(repository, Scope.PULL, Scope.PUSH);
            case DELETE -> on(repository, Scope.ANYTHING);
        };
    }

    private static SequencedSet<Scope> on(@Nullable RepositoryName repository, String... actions) {
        RepositoryName named = Objects.requireNonNull(repository, "this concerns a repository");
        SequencedSet<Scope> scopes = new LinkedHashSet<>();
        Arrays.stream(actions).map(action -> Scope.of(named, action)).forEach(scopes::add);
        return scopes;
    }
}
