package com.laincloud.registry.auth;

import com.laincloud.registry.oci.RepositoryName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/** What a request needs before it is let through. */
sealed interface Requirement {

    /** Nothing at all. */
    record Nothing() implements Requirement {}

    /**
     * Somebody who is known, and may do all of this.
     *
     * @param repository the one it is about, if it is about one
     */
    record Scopes(Optional<RepositoryName> repository, SequencedSet<Scope> wanted) implements Requirement {

        /** Something that concerns no repository. */
        static Scopes of(Scope... wanted) {
            return new Scopes(Optional.empty(), setOf(wanted));
        }

        /** Actions on a repository. */
        static Scopes on(RepositoryName repository, String... actions) {
            SequencedSet<Scope> wanted = new LinkedHashSet<>();
            for (String action : actions) {
                wanted.add(Scope.of(repository, action));
            }
            return new Scopes(Optional.of(repository), wanted);
        }

        /** These, and one more. */
        Scopes and(Scope further) {
            SequencedSet<Scope> all = new LinkedHashSet<>(wanted);
            all.add(further);
            return new Scopes(repository, all);
        }

        private static SequencedSet<Scope> setOf(Scope... scopes) {
            return new LinkedHashSet<>(List.of(scopes));
        }
    }
}
