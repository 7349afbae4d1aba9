package com.laincloud.registry.manifest;

import com.laincloud.registry.audit.TagHistory;
import com.laincloud.registry.index.ManifestRows;
import com.laincloud.registry.index.ManifestRows.Deletion;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.MomentText;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;

/**
 * What {@code ?at=<RFC 3339>} behind a tag means: the manifest that the tag named at that moment. Its bytes are those of the
 * repository now: a manifest that was deleted or collected is said to be so, and until when it can be restored.
 */
@Singleton
public class PastReference {

    private final TagHistory history;
    private final ManifestRows manifests;
    private final Repositories repositories;

    @Inject
    public PastReference(TagHistory history, ManifestRows manifests, Repositories repositories) {
        this.history = history;
        this.manifests = manifests;
        this.repositories = repositories;
    }

    /**
     * The digest of the manifest.
     *
     * @throws RegistryException {@link ErrorCode#UNSUPPORTED} with status 400 if the moment is none of the past, or behind
     *     a digest; {@link ErrorCode#MANIFEST_UNKNOWN} if the tag was not there then, or the manifest is not there now;
     *     {@link ErrorCode#NAME_UNKNOWN}
     */
    Digest of(RepositoryName repository, Reference reference, String at) {
        Instant moment = moment(at);
        if (!(reference instanceof Tag tag)) {
            throw refused("a digest names the same at every moment");
        }
        repositories.requireToPull(repository);
        Digest digest = history.named(repositories.current(repository), tag, moment)
                .orElseThrow(() -> unknown(tag.name() + " named nothing at " + moment));
        if (manifests.find(repository, digest).isEmpty()) {
            throw unknown(tag.name() + " named " + digest + " at " + moment + ", which "
                    + manifests
                            .deletion(repository, digest)
                            .map(PastReference::told)
                            .orElse("is gone"));
        }
        return digest;
    }

    private Instant moment(String at) {
        Instant moment =
                MomentText.parse(at).orElseThrow(() -> refused(at + " is no moment such as 2026-11-30T12:00:00Z"));
        if (moment.isAfter(Instant.now())) {
            throw refused(at + " lies in the future");
        }
        return moment;
    }

    private static String told(Deletion deletion) {
        return "was deleted at " + deletion.at()
                + deletion.restorableUntil()
                        .map(until -> " and can be restored until " + until)
                        .orElse("");
    }

    private static RegistryException refused(String why) {
        return new RegistryException(ErrorCode.UNSUPPORTED, 400, "at: " + why);
    }

    private static RegistryException unknown(String why) {
        return new RegistryException(ErrorCode.MANIFEST_UNKNOWN, why);
    }
}
