package com.laincloud.registry.access;

import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RepositoryName;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Something that a request does.
 *
 * @param repository null for what concerns no repository
 * @param reference of the manifest or blob it is done with; null for what concerns none, or not a known one
 */
record Need(
        Action action,
        @Nullable RepositoryName repository,
        @Nullable Reference reference) {

    Need(Action action) {
        this(action, null, null);
    }

    /** The scopes of all of these, in their order. */
    static SequencedSet<Scope> scopes(Collection<Need> needs) {
        SequencedSet<Scope> scopes = new LinkedHashSet<>();
        needs.forEach(need -> scopes.addAll(need.action().scopes(need.repository())));
        return scopes;
    }
}
