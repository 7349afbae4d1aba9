package com.laincloud.registry.collection;

import com.laincloud.registry.audit.RestoreEvents;
import com.laincloud.registry.index.DeletedRows;
import com.laincloud.registry.index.DeletedRows.Binding;
import com.laincloud.registry.index.IndexedRepository;
import com.laincloud.registry.index.ManifestBatch;
import com.laincloud.registry.index.StoredManifest;
import com.laincloud.registry.index.TagRows.MovedTag;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.Tag;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts back what was deleted from a repository or collected, in one transaction of the caller: manifests with all that they
 * list, and the tags that named them. Afterwards {@link #missing} says what could not be found; if it is not empty, the
 * transaction is to be rolled back.
 */
final class Restoration {

    private final Connection connection;
    private final IndexedRepository repository;
    private final RestoreEvents events;
    private final DeletedRows rows;
    private final ManifestBatch manifests;
    private final Set<String> missing = new TreeSet<>();
    private final List<String> done = new ArrayList<>();

    Restoration(Connection connection, IndexedRepository repository, RestoreEvents events) {
        this.connection = connection;
        this.repository = repository;
        this.events = events;
        this.rows = new DeletedRows(connection, repository);
        this.manifests = new ManifestBatch(connection, repository);
    }

    /** What is gone for ever, in words. */
    Set<String> missing() {
        return missing;
    }

    /** What was put back, a line each. */
    List<String> done() {
        return done;
    }

    /** Puts back all that was deleted and can be. */
    void all() throws SQLException {
        tags(rows.tags());
        for (Digest manifest : rows.manifests()) {
            manifest(manifest);
        }
    }

    /** Puts back a tag that was deleted. */
    void tag(Tag tag) throws SQLException {
        Optional<Digest> named = rows.tag(tag);
        if (named.isEmpty()) {
            missing.add("tag " + tag.name());
        } else {
            tags(List.of(new Binding(tag, named.get())));
        }
    }

    /**
     * Makes tags name manifests, which are put back if they were deleted. First all manifests, then all tags, as a push locks
     * them.
     *
     * @param bindings in the order of their tags
     */
    void tags(List<Binding> bindings) throws SQLException {
        for (Binding binding : bindings) {
            manifest(binding.digest());
        }
        if (missing.isEmpty()) {
            for (Binding binding : bindings) {
                bind(binding.tag(), binding.digest());
            }
        }
    }

    private void bind(Tag tag, Digest digest) throws SQLException {
        Optional<MovedTag> bound = rows.bind(tag, digest);
        if (bound.isPresent()) {
            events.tag(
                    connection,
                    repository.name(),
                    tag,
                    digest,
                    bound.get().previous(),
                    bound.get().at());
            done.add("tag " + tag.name() + " names " + digest);
        }
    }

    /** Puts back a manifest and all that it lists, unless it is there. */
    void manifest(Digest digest) throws SQLException {
        if (rows.lock(digest).isPresent()) {
            return;
        }
        Optional<StoredManifest> deleted = rows.manifest(digest);
        if (deleted.isEmpty()) {
            missing.add("manifest " + digest);
            return;
        }
        Manifest content =
                ManifestParser.parse(deleted.get().payload(), deleted.get().mediaType());
        List<Digest> children =
                content.children().stream().map(Descriptor::digest).distinct().toList();
        for (Digest child : children) {
            manifest(child);
        }
        List<Digest> blobs = content.requiredBlobs().stream()
                .map(Descriptor::digest)
                .distinct()
                .toList();
        rows.link(blobs).forEach(blob -> missing.add("blob " + blob));
        if (missing.isEmpty()) {
            add(deleted.get(), content, children);
        }
    }

    private void add(StoredManifest deleted, Manifest content, List<Digest> children) throws SQLException {
        manifests.restore(new ManifestBatch.Entry(
                deleted,
                content.artifactType(),
                content.subject() == null ? null : content.subject().digest(),
                Instant.now(),
                content.blobs().stream().map(Descriptor::digest).distinct().toList(),
                children));
        events.manifest(connection, repository.name(), deleted.digest(), deleted.mediaType(), deleted.payload().length);
        done.add("manifest " + deleted.digest());
    }
}
