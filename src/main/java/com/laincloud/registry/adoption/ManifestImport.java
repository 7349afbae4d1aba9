package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Problem.Kind;
import com.laincloud.registry.adoption.TreeManifest.Need;
import com.laincloud.registry.index.BlobBatch;
import com.laincloud.registry.index.IndexedRepository;
import com.laincloud.registry.index.ManifestBatch;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Indexes manifests of one repository with what they count on. An image that lacks something is left alone: if it were
 * there, a client that pushes it again would not be asked for what it lacks. An index is of use as long as one of its
 * images is there.
 */
final class ManifestImport {

    private static final int LEVEL = 200;
    private static final long DISPUTED = -2;

    private final RepositoryName name;
    private final RepositoryTree tree;
    private final LayerFiles layerFiles;
    private final Transactions transactions;
    private final Tally tally;
    private final Consumer<Problem> problems;

    ManifestImport(
            RepositoryName name,
            RepositoryTree tree,
            LayerFiles layerFiles,
            Transactions transactions,
            Tally tally,
            Consumer<Problem> problems) {
        this.name = name;
        this.tree = tree;
        this.layerFiles = layerFiles;
        this.transactions = transactions;
        this.tally = tally;
        this.problems = problems;
    }

    /** Indexes images with the blobs they need, whose digests it returns. */
    Set<Digest> addImages(List<TreeManifest> images) {
        if (images.isEmpty()) {
            return Set.of();
        }
        Map<Digest, Long> needed = new TreeMap<>(Comparator.comparing(Digest::toString));
        for (TreeManifest image : images) {
            image.blobs().forEach(need -> needed.merge(need.digest(), need.size(), ManifestImport::agreed));
        }
        List<LinkedBlob> blobs = layerFiles.findAll(needed);
        List<Problem> incomplete = new ArrayList<>();
        List<Long> sizes = new ArrayList<>();
        int added = transactions.run(connection -> {
            incomplete.clear();
            sizes.clear();
            IndexedRepository repository = IndexedRepository.of(connection, name);
            BlobBatch rows = new BlobBatch(connection, repository);
            sizes.addAll(rows.add(LinkedBlob.entries(blobs)));
            Set<Digest> shown = rows.shown(needed.keySet());
            List<TreeManifest> complete = new ArrayList<>();
            for (TreeManifest image : images) {
                List<Digest> missing = image.blobs().stream()
                        .map(Need::digest)
                        .filter(digest -> !shown.contains(digest))
                        .toList();
                if (missing.isEmpty()) {
                    complete.add(image);
                } else {
                    incomplete.add(problem(image, Kind.INCOMPLETE_MANIFEST, "it needs " + missing));
                }
            }
            incomplete.addAll(LayerFiles.gone(name, blobs, shown, Kind.MISSING_BLOB));
            return new ManifestBatch(connection, repository).add(entries(complete));
        });
        tally.addedBlobs(sizes);
        tally.addedManifests(added);
        incomplete.forEach(problems);
        return needed.keySet();
    }

    private static List<ManifestBatch.Entry> entries(List<TreeManifest> manifests) {
        return manifests.stream().map(TreeManifest::entry).toList();
    }

    /** Indexes indexes level by level: one after those it lists. */
    void addIndexes(List<TreeManifest> indexes) {
        Map<Digest, TreeManifest> pending = indexes.stream()
                .collect(Collectors.toMap(TreeManifest::digest, index -> index, (a, b) -> a, LinkedHashMap::new));
        for (List<TreeManifest> level = next(pending); !level.isEmpty(); level = next(pending)) {
            level.forEach(index -> pending.remove(index.digest()));
            addLevel(level);
        }
    }

    private static List<TreeManifest> next(Map<Digest, TreeManifest> pending) {
        return pending.values().stream()
                .filter(index -> index.children().stream().noneMatch(pending::containsKey))
                .limit(LEVEL)
                .toList();
    }

    /** Two images that do not agree on a length make it as suspicious as one that is wrong. */
    private static long agreed(long one, long other) {
        if (one == other || other == TreeManifest.UNKNOWN) {
            return one;
        }
        return one == TreeManifest.UNKNOWN ? other : DISPUTED;
    }

    private void addLevel(List<TreeManifest> level) {
        List<Problem> incomplete = new ArrayList<>();
        int added = transactions.run(connection -> {
            incomplete.clear();
            ManifestBatch rows = new ManifestBatch(connection, IndexedRepository.of(connection, name));
            Set<Digest> known = rows.known(
                    level.stream().flatMap(index -> index.children().stream()).toList());
            List<TreeManifest> usable = new ArrayList<>();
            for (TreeManifest index : level) {
                List<Digest> missing = index.children().stream()
                        .filter(child -> !known.contains(child))
                        .toList();
                if (!missing.isEmpty()) {
                    incomplete.add(problem(index, Kind.INCOMPLETE_INDEX, "it lists " + missing));
                }
                if (missing.isEmpty() || missing.size() < index.children().size()) {
                    usable.add(index);
                }
            }
            return rows.add(entries(usable));
        });
        tally.addedManifests(added);
        incomplete.forEach(problems);
    }

    private Problem problem(TreeManifest manifest, Kind kind, String detail) {
        return new Problem(tree.revisionDirectory(manifest.digest()), kind, name, null, manifest.digest(), detail);
    }
}
