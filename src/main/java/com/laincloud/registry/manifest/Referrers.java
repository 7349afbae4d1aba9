package com.laincloud.registry.manifest;

import com.laincloud.registry.index.ReferrerRows;
import com.laincloud.registry.index.ReferrerRows.AttachedManifest;
import com.laincloud.registry.index.StoredManifest;
import com.laincloud.registry.manifest.ManifestMemory.Room;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.origin.Origins;
import com.laincloud.registry.repository.Repositories;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which manifests are attached to another one, in the order they were pushed: those that name it as their subject, and
 * those that clients, while a registry did not know of referrers, listed in an index under the tag made of its digest.
 *
 * <p>Nothing is kept for the sake of this but an index of the subjects: what a referrer says of itself is read from its
 * own bytes.
 */
@Singleton
public class Referrers {

    /** A page ends before its manifests together have more bytes than this, so that no client can make a page large. */
    private static final int MAX_PAGE_BYTES = 4 * 1024 * 1024;

    private final Repositories repositories;
    private final Origins origins;
    private final ReferrerRows rows;
    private final ManifestMemory memory;

    @Inject
    public Referrers(ReferrerRows rows, Repositories repositories, Origins origins, ManifestMemory memory) {
        this.memory = memory;
        this.rows = rows;
        this.repositories = repositories;
        this.origins = origins;
    }

    /**
     * A page of a list.
     *
     * @param next where the next page begins; empty if there is none
     */
    record Listed(List<Referrer> referrers, OptionalLong next) {

        static final Listed NONE = new Listed(List.of(), OptionalLong.empty());
    }

    /**
     * The referrers of a manifest, which need not be there itself; none where there is no such repository.
     *
     * @param artifactType of those that are wanted; null for all
     * @param after where the page begins: 0, or what the page before said
     * @param limit how many at most
     */
    @SuppressWarnings("try") // room is taken, not used
    Listed find(RepositoryName repository, Digest subject, @Nullable String artifactType, long after, int limit) {
        origins.beforeListing(repository);
        Optional<Long> repositoryId = repositories.findToPull(repository);
        if (repositoryId.isEmpty() || limit == 0) {
            return Listed.NONE;
        }
        try (Room room = memory.read(MAX_PAGE_BYTES)) {
            return page(repositoryId.get(), subject, artifactType, after, limit);
        }
    }

    private Listed page(long repositoryId, Digest subject, @Nullable String artifactType, long after, int limit) {
        List<AttachedManifest> found =
                rows.find(repositoryId, subject, fallbackTag(subject), artifactType, after, limit + 1, MAX_PAGE_BYTES);
        List<Referrer> referrers = found.stream()
                .limit(limit)
                .takeWhile(manifest -> manifest.content() != null)
                .map(Referrers::referrer)
                .toList();
        return new Listed(
                referrers,
                referrers.size() < found.size()
                        ? OptionalLong.of(found.get(referrers.size() - 1).id())
                        : OptionalLong.empty());
    }

    /**
     * The tag of the index of referrers that clients keep by themselves.
     *
     * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema">
     *     distribution-spec, referrers tag schema</a>
     */
    private static Tag fallbackTag(Digest subject) {
        String encoded = subject.encoded();
        return new Tag(subject.algorithm().identifier() + "-" + encoded.substring(0, Math.min(encoded.length(), 64)));
    }

    private static Referrer referrer(AttachedManifest manifest) {
        return new Referrer(manifest.descriptor(), manifest.artifactType(), annotations(manifest));
    }

    /** What was accepted under other rules than today's is listed nevertheless. */
    private static Map<String, String> annotations(AttachedManifest manifest) {
        StoredManifest content = manifest.content();
        try {
            return content == null
                    ? Map.of()
                    : ManifestParser.parse(content.payload(), content.mediaType())
                            .annotations();
        } catch (RegistryException e) {
            return Map.of();
        }
    }
}
