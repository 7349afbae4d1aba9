package com.laincloud.registry.manifest;

import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.database.Transaction;
import com.laincloud.registry.index.ManifestRows;
import com.laincloud.registry.index.TagRows;
import com.laincloud.registry.index.TagRows.MovedTag;
import com.laincloud.registry.manifest.Release.Line;
import com.laincloud.registry.manifest.Tags.Target;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.origin.Origins;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Requester;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Moves many tags in one transaction: clients see all of them where they were, or all where they are to be. Manifests are kept from
 * deletion first, then tags are locked in order, as a push does.
 */
@Singleton
public class Releases {

    private final Repositories repositories;
    private final Tags tags;
    private final ManifestRows manifests;
    private final TagRows tagRows;
    private final Events events;
    private final Origins origins;
    private final Transaction transaction;

    @Inject
    public Releases(
            Repositories repositories,
            Tags tags,
            ManifestRows manifests,
            TagRows tagRows,
            Events events,
            Origins origins,
            Transaction transaction) {
        this.repositories = repositories;
        this.tags = tags;
        this.manifests = manifests;
        this.tagRows = tagRows;
        this.events = events;
        this.origins = origins;
        this.transaction = transaction;
    }

    /**
     * A tag that a release has moved.
     *
     * @param previous what it named before; empty if it is new
     */
    record Released(Line line, Optional<Digest> previous) {

        /** The line of a release that takes it back; a remark where the tag is new. */
        String back() {
            String tag = line.repository() + " " + line.tag().name() + " ";
            return previous.map(digest -> tag + digest + " " + line.digest()).orElse("# " + tag + "is new");
        }
    }

    /** Where a line's manifest is. */
    private record Found(Line line, Target target, long manifestId) {}

    /**
     * Makes each tag name what the release says, or none of them. A tag that names it already is as it should be, whatever was
     * expected: a release can be put again.
     *
     * @return the tags that were moved
     * @throws RegistryException {@link ErrorCode#NAME_UNKNOWN} and {@link ErrorCode#MANIFEST_UNKNOWN}, naming all that is not
     *     there; {@link ErrorCode#PRECONDITION_FAILED} and {@link ErrorCode#TAG_IMMUTABLE}, naming the first such tag
     */
    List<Released> put(Release release, Requester requester) {
        release.repositories().forEach(origins::beforeListing);
        return transaction.get(() -> {
            List<Released> released = new ArrayList<>();
            for (Found found : find(release)) {
                move(found, requester).ifPresent(released::add);
            }
            return released;
        });
    }

    /** Where the manifests are, which stay until the transaction ends; in the order of the lines. */
    private List<Found> find(Release release) {
        Map<RepositoryName, Long> numbers = numbers(release);
        Map<Line, Found> found = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (Line line : release.byDigest()) {
            long repositoryId = numbers.getOrDefault(line.repository(), 0L);
            Target target = new Target(line.repository(), repositoryId, line.digest());
            manifests
                    .keep(repositoryId, line.digest())
                    .ifPresentOrElse(
                            number -> found.put(line, new Found(line, target, number)),
                            () -> unknown.add(line.repository() + "@" + line.digest()));
        }
        if (!unknown.isEmpty()) {
            throw new RegistryException(ErrorCode.MANIFEST_UNKNOWN, unknown);
        }
        return release.lines().stream().map(found::get).filter(Objects::nonNull).toList();
    }

    private Map<RepositoryName, Long> numbers(Release release) {
        Map<RepositoryName, Long> numbers = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (RepositoryName repository : release.repositories()) {
            repositories.find(repository).ifPresentOrElse(number -> numbers.put(repository, number), () -> {
                repositories.refuseFormerName(repository);
                unknown.add(repository.value());
            });
        }
        if (!unknown.isEmpty()) {
            throw new RegistryException(ErrorCode.NAME_UNKNOWN, unknown);
        }
        return numbers;
    }

    private Optional<Released> move(Found found, Requester requester) {
        Line line = found.line();
        if (tagRows.lock(found.target().repositoryId(), line.tag())
                .filter(line.digest()::equals)
                .isPresent()) {
            return Optional.empty();
        }
        MovedTag moved;
        try {
            moved = tags.move(found.target(), found.manifestId(), line.tag(), line.expected());
        } catch (RegistryException e) {
            throw new RegistryException(
                    e.code(), line.repository() + ": " + e.detail().orElse(""));
        }
        Digest previous = moved.previous().orElse(null);
        events.record(Event.tagRelease(line.repository(), line.tag(), line.digest(), previous, moved.at()), requester);
        return Optional.of(new Released(line, moved.previous()));
    }
}
