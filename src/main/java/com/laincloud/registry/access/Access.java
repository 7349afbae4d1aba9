package com.laincloud.registry.access;

import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RepositoryName;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.SequencedSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one place that decides whether a caller may do something. */
@Singleton
public class Access {

    private static final Decision ALLOWED = new Decision.Allowed();

    private final Supplier<Storage> settings;

    @Inject
    public Access(CurrentSettings settings) {
        this(() -> settings.get().storage());
    }

    Access(Supplier<Storage> settings) {
        this.settings = settings;
    }

    /**
     * Whether a caller may do something now. One who lacks a scope is told that alone, whatever else stands in the way.
     *
     * @param repository which one it is done in; null for what concerns none
     * @param reference of the manifest or blob it is done with; null for what concerns none, or not a known one
     */
    public Decision decide(
            Caller caller, Action action, @Nullable RepositoryName repository, @Nullable Reference reference) {
        SequencedSet<Scope> needed = action.scopes(repository);
        if (!needed.stream().allMatch(caller::may)) {
            return new Decision.Lacking(needed);
        }
        Storage storage = settings.get();
        if (storage.readOnly() && action.isWriting()) {
            return new Decision.Closed("the registry is read-only for maintenance");
        }
        if (action == Action.DELETE && !storage.deleteEnabled()) {
            return new Decision.Closed("storage.delete.enabled is off");
        }
        return ALLOWED;
    }

    /** Whether {@link #decide} allows it. */
    public boolean allows(
            Caller caller, Action action, @Nullable RepositoryName repository, @Nullable Reference reference) {
        return decide(caller, action, repository, reference) instanceof Decision.Allowed;
    }
}
