package com.laincloud.registry.manifest;

import com.laincloud.registry.audit.TagHistory;
import com.laincloud.registry.audit.TagHistory.Change;
import com.laincloud.registry.index.ManifestRows;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.origin.Origins;
import com.laincloud.registry.repository.Repositories;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** How tags changed, as clients are told: with the descriptors of the manifests. */
@Singleton
public class TagChanges {

    private final TagHistory history;
    private final ManifestRows manifests;
    private final Repositories repositories;
    private final Origins origins;

    @Inject
    public TagChanges(TagHistory history, ManifestRows manifests, Repositories repositories, Origins origins) {
        this.history = history;
        this.manifests = manifests;
        this.repositories = repositories;
        this.origins = origins;
    }

    /**
     * The changes of a tag, the latest first. What is deleted keeps its history.
     *
     * @param before only what was earlier; empty: all
     * @throws RegistryException {@link ErrorCode#NAME_UNKNOWN}; {@link ErrorCode#MANIFEST_UNKNOWN} if nothing is known of such a
     *     tag
     */
    List<Change> of(RepositoryName repository, Tag tag, Optional<Instant> before, int limit) {
        origins.beforeListing(repository);
        long repositoryId = repositories.requireToPull(repository);
        RepositoryName current = repositories.current(repository);
        List<Change> changes = history.changes(current, tag, before, limit);
        if (changes.isEmpty()
                && manifests.find(repository, tag).isEmpty()
                && history.changes(current, tag, Optional.empty(), 1).isEmpty()) {
            throw new RegistryException(ErrorCode.MANIFEST_UNKNOWN, tag.name());
        }
        return described(repositoryId, changes);
    }

    /** A release and a deletion are recorded without the descriptor, which may stand at another change, or be in the repository. */
    private List<Change> described(long repositoryId, List<Change> changes) {
        Map<Digest, Descriptor> known = new HashMap<>();
        Set<Digest> unknown = new HashSet<>();
        changes.forEach(change -> unknown.add(change.digest()));
        changes.stream()
                .map(Change::descriptor)
                .filter(Objects::nonNull)
                .forEach(found -> known.put(found.digest(), found));
        unknown.removeAll(known.keySet());
        if (!unknown.isEmpty()) {
            manifests.descriptors(repositoryId, unknown).forEach(found -> known.put(found.digest(), found));
        }
        return changes.stream()
                .map(change -> change.described(known.get(change.digest())))
                .toList();
    }
}
