package com.laincloud.registry.manifest;

import com.laincloud.registry.index.ManifestRows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Page;
import com.laincloud.registry.request.Precondition;
import com.laincloud.registry.request.Requester;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Deletes all that a repository holds, tag by tag and manifest by manifest, each as a client would: with its event, and so
 * that it can be restored. What is cut off goes on with the next call. Blobs go with a collection. What is pushed meanwhile
 * may stay.
 */
@Singleton
public class RepositoryDeletion {

    private static final int BATCH = 100;

    /** Each pass deletes what no index lists any more. What comes meanwhile makes it no longer than that. */
    private static final int PASSES = ManifestLinks.MAX_NESTING + 1;

    private static final Set<ErrorCode> LEFT = Set.of(ErrorCode.MANIFEST_UNKNOWN, ErrorCode.DENIED);

    private final Repositories repositories;
    private final Tags tags;
    private final Manifests manifests;
    private final ManifestRows rows;

    @Inject
    public RepositoryDeletion(Repositories repositories, Tags tags, Manifests manifests, ManifestRows rows) {
        this.repositories = repositories;
        this.tags = tags;
        this.manifests = manifests;
        this.rows = rows;
    }

    /**
     * Deletes all that is there now.
     *
     * @throws RegistryException {@link ErrorCode#NAME_UNKNOWN}
     */
    void delete(RepositoryName repository, Requester requester) {
        long repositoryId = repositories.require(repository);
        deleteTags(repository, requester);
        boolean isBusy = true;
        for (int pass = 0; isBusy && pass < PASSES; pass++) {
            isBusy = deleteManifests(repository, repositoryId, requester);
        }
    }

    private void deleteTags(RepositoryName repository, Requester requester) {
        Page page = new Page("", BATCH);
        List<String> names = tags.names(repository, page);
        while (!names.isEmpty()) {
            names.forEach(
                    name -> isDeleted(() -> tags.delete(repository, new Tag(name), Precondition.NONE, requester)));
            page = page.after(names.getLast());
            names = tags.names(repository, page);
        }
    }

    /** Returns whether another pass may delete more: this one has deleted some, and left some that an index listed. */
    private boolean deleteManifests(RepositoryName repository, long repositoryId, Requester requester) {
        boolean someWent = false;
        boolean someStayed = false;
        List<Digest> digests = rows.digests(repositoryId, Optional.empty(), BATCH);
        while (!digests.isEmpty()) {
            for (Digest digest : digests) {
                boolean went = isDeleted(() -> manifests.delete(repository, digest, Precondition.NONE, requester));
                someWent |= went;
                someStayed |= !went;
            }
            digests = rows.digests(repositoryId, Optional.of(digests.getLast()), BATCH);
        }
        return someWent && someStayed;
    }

    private static boolean isDeleted(Runnable deletion) {
        try {
            deletion.run();
            return true;
        } catch (RegistryException e) {
            if (!LEFT.contains(e.code())) {
                throw e;
            }
            return false; // another request was first, or an index lists it
        }
    }
}
