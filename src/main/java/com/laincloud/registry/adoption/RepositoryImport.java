package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Problem.Kind;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.BlobBatch;
import com.laincloud.registry.index.IndexedRepository;
import com.laincloud.registry.index.ManifestBatch;
import com.laincloud.registry.index.TagBatch;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.storage.StorageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Indexes one repository of the tree, or an item of it: chunk by chunk, each in one transaction, manifests with the blobs
 * they need before what nothing needs, and what a thing counts on before the thing.
 */
final class RepositoryImport {

    private static final int MANIFESTS = 200;
    private static final int LAYERS = 1000;
    private static final int TAGS = 500;

    private final RepositoryName name;
    private final RepositoryTree tree;
    private final ManifestFiles manifestFiles;
    private final LayerFiles layerFiles;
    private final ManifestImport manifests;
    private final Transactions transactions;
    private final Tally tally;
    private final List<Problem> problems = Collections.synchronizedList(new ArrayList<>());

    RepositoryImport(
            DistributionTree tree, RepositoryName name, Transactions transactions, Soundness soundness, Tally tally) {
        this.name = name;
        this.transactions = transactions;
        this.tally = tally;
        this.tree = new RepositoryTree(tree, name, problems::add);
        this.manifestFiles = new ManifestFiles(this.tree, name, tally, problems::add);
        this.layerFiles = new LayerFiles(this.tree, name, soundness, tally, problems::add);
        this.manifests = new ManifestImport(name, this.tree, layerFiles, transactions, tally, problems::add);
    }

    /**
     * Indexes the whole repository, and records that and what was left alone. Returns what was.
     *
     * @throws StorageException if the tree goes away meanwhile: then nothing was wrong with what was missing
     */
    List<Problem> all() {
        index();
        transactions.run(connection -> {
            ProblemRows.add(connection, problems);
            return Rows.update(
                    connection,
                    "insert into adopted_repository (name) values (?) on conflict do nothing",
                    name.value());
        });
        return problems;
    }

    /**
     * Indexes the whole repository, so that nothing of it is missing, and leaves judging it to the pass.
     *
     * @throws StorageException as {@link #all}
     */
    void index() {
        Set<Digest> needed = new HashSet<>();
        List<TreeManifest> indexes = new ArrayList<>();
        for (List<Digest> chunk : chunks(tree.revisions(), MANIFESTS)) {
            List<TreeManifest> images = new ArrayList<>();
            Set<Digest> settled = transactions.run(
                    connection -> new ManifestBatch(connection, IndexedRepository.of(connection, name)).settled(chunk));
            List<Digest> open =
                    chunk.stream().filter(digest -> !settled.contains(digest)).toList();
            tree.each(open, manifestFiles::read).stream()
                    .flatMap(Optional::stream)
                    .forEach(read -> (read.isIndex() ? indexes : images).add(read));
            needed.addAll(manifests.addImages(images));
        }
        manifests.addIndexes(indexes);
        List<Digest> others = tree.layers().stream()
                .filter(digest -> !needed.contains(digest))
                .toList();
        chunks(others, LAYERS).forEach(this::addLayers);
        chunks(tree.tags(), TAGS).forEach(this::addTags);
        tree.requirePresent();
    }

    /** Indexes a manifest with all it needs and lists. */
    void manifest(Digest digest) {
        Map<Digest, TreeManifest> found = new TreeMap<>(Comparator.comparing(Digest::toString));
        collect(digest, found);
        manifests.addImages(
                found.values().stream().filter(manifest -> !manifest.isIndex()).toList());
        manifests.addIndexes(
                found.values().stream().filter(TreeManifest::isIndex).toList());
    }

    private void collect(Digest digest, Map<Digest, TreeManifest> found) {
        if (!found.containsKey(digest)) {
            Optional<TreeManifest> manifest = manifestFiles.read(digest);
            manifest.ifPresent(read -> found.put(digest, read));
            manifest.ifPresent(read -> read.children().forEach(child -> collect(child, found)));
        }
    }

    /** Indexes blobs that the repository shows. */
    void layers(Stream<Digest> digests) {
        addLayers(digests.distinct()
                .sorted(Comparator.comparing(Digest::toString))
                .toList());
    }

    /** Indexes a tag, its history, and the manifest it names. */
    void tag(Tag tag) {
        tree.tag(tag).flatMap(TagFiles::current).ifPresent(current -> manifest(current.digest()));
        addTags(List.of(tag));
    }

    private void addLayers(List<Digest> digests) {
        Map<Digest, Long> sizes = new LinkedHashMap<>();
        digests.forEach(digest -> sizes.put(digest, TreeManifest.UNKNOWN));
        List<LinkedBlob> blobs = layerFiles.findAll(sizes);
        if (blobs.isEmpty()) {
            return;
        }
        List<Problem> leftovers = new ArrayList<>();
        List<Long> added = transactions.run(connection -> {
            leftovers.clear();
            BlobBatch rows = new BlobBatch(connection, IndexedRepository.of(connection, name));
            List<Long> fresh = rows.add(LinkedBlob.entries(blobs));
            Set<Digest> withoutFile = blobs.stream()
                    .filter(blob -> blob.file().isEmpty())
                    .map(LinkedBlob::digest)
                    .collect(Collectors.toSet());
            leftovers.addAll(LayerFiles.gone(name, blobs, rows.shown(withoutFile), Kind.LEFTOVER_LINK));
            return fresh;
        });
        tally.addedBlobs(added);
        problems.addAll(leftovers);
    }

    private void addTags(List<Tag> tags) {
        List<TagFiles> files =
                tree.each(tags, tree::tag).stream().flatMap(Optional::stream).toList();
        if (files.isEmpty()) {
            return;
        }
        files.forEach(tag -> tally.readLinks(tag.history().size() + 1L));
        List<Problem> dangling = new ArrayList<>();
        int added = transactions.run(connection -> {
            dangling.clear();
            IndexedRepository repository = IndexedRepository.of(connection, name);
            TagBatch rows = new TagBatch(connection, repository);
            int count = rows.add(files.stream().map(TagFiles::entry).toList());
            Set<Tag> known = rows.known(files.stream().map(TagFiles::tag).toList());
            Set<Digest> settled = new ManifestBatch(connection, repository)
                    .settled(files.stream()
                            .flatMap(tag -> tag.current().stream())
                            .map(TagBatch.Binding::digest)
                            .toList());
            for (TagFiles tag : files) {
                if (!known.contains(tag.tag())
                        && tag.current()
                                .filter(binding -> settled.contains(binding.digest()))
                                .isEmpty()) {
                    dangling.add(dangling(tag));
                }
            }
            return count;
        });
        tally.addedTags(added);
        problems.addAll(dangling);
    }

    private Problem dangling(TagFiles tag) {
        String fault = tag.end()
                .map(TagFiles.End::fault)
                .orElseGet(() -> "it names " + tag.current().orElseThrow().digest() + ", which was left alone");
        return new Problem(tag.directory(), Kind.DANGLING_TAG, name, tag.tag(), null, fault);
    }

    private static <T> List<List<T>> chunks(List<T> list, int size) {
        List<List<T>> chunks = new ArrayList<>();
        for (int begin = 0; begin < list.size(); begin += size) {
            chunks.add(list.subList(begin, Math.min(begin + size, list.size())));
        }
        return chunks;
    }
}
