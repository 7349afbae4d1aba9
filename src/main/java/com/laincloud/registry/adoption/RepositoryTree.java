package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Problem.Kind;
import com.laincloud.registry.adoption.TagFiles.End;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One repository of the tree. What is wrong with an item goes to {@code problems}, and the item is as good as missing. */
final class RepositoryTree {

    private static final int LONGEST_LINK = 1024;

    private final DistributionTree tree;
    private final RepositoryName name;
    private final Path layers;
    private final Path revisions;
    private final Path tags;
    private final Consumer<Problem> problems;

    RepositoryTree(DistributionTree tree, RepositoryName name, Consumer<Problem> problems) {
        Path directory = tree.repository(name);
        this.tree = tree;
        this.name = name;
        this.layers = directory.resolve("_layers");
        this.revisions = directory.resolve("_manifests").resolve("revisions");
        this.tags = directory.resolve("_manifests").resolve("tags");
        this.problems = problems;
    }

    /** @throws StorageException if the whole tree is gone, as when a network filesystem is */
    void requirePresent() {
        tree.requirePresent();
    }

    /** About how many link files there are. */
    long extent() {
        return layers().size() + revisions().size() + tags().size() + 1L;
    }

    /** The digests of the blobs that have a place here, in the order of their text. */
    List<Digest> layers() {
        return digests(layers, null);
    }

    Optional<Link> layer(Digest digest) {
        return link(directory(layers, digest), digest, null);
    }

    /** The digests of the manifests that have a place here, also of those that were deleted, in the order of their text. */
    List<Digest> revisions() {
        return digests(revisions, null);
    }

    /** The link to a manifest; empty if it was deleted. */
    Optional<Link> revision(Digest digest) {
        return link(directory(revisions, digest), digest, null);
    }

    /** Where a manifest has its place, below the storage root. */
    Path revisionDirectory(Digest digest) {
        return tree.relative(directory(revisions, digest));
    }

    /** The tags that have a place here, in the order of their names. */
    List<Tag> tags() {
        List<Tag> names = new ArrayList<>();
        for (Path entry : entries(tags, null)) {
            try {
                names.add(Tag.valueOf(entry.getFileName().toString()));
            } catch (RegistryException e) {
                report(entry, Kind.BAD_NAME, null, null, "no tag can have this name");
            }
        }
        names.sort(Comparator.comparing(Tag::name));
        return names;
    }

    /** A tag's files; empty if there is no such tag, or nothing at all can be told of it. */
    Optional<TagFiles> tag(Tag tag) {
        Path directory = tags.resolve(tag.name());
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        List<Link> index = new ArrayList<>();
        Path history = directory.resolve("index");
        for (Digest digest : digests(history, tag)) {
            link(directory(history, digest), digest, tag).ifPresent(index::add);
        }
        Path current = directory.resolve("current");
        try {
            Optional<Link> names = link(current, null, tag);
            if (names.isEmpty()) {
                Instant since = DistributionTree.lastChange(current.resolve("link"));
                return Optional.of(TagFiles.ended(
                        tag, index, new End(since, "it has no good link to what it names"), tree.relative(directory)));
            }
            TagFiles files = TagFiles.naming(tag, index, names.get(), tree.relative(directory));
            Path revision = directory(revisions, names.get().target()).resolve("link");
            return Optional.of(
                    Files.exists(revision)
                            ? files
                            : files.ended(new End(
                                    DistributionTree.lastChange(revision),
                                    "it names " + names.get().target() + ", which was deleted")));
        } catch (IOException e) {
            unreadable(current, tag, null, e);
            return Optional.empty();
        }
    }

    /** The bytes that a link leads to; empty if they are gone or cannot be looked at. */
    Optional<BlobFile> blob(Link link) {
        try {
            return tree.blob(link);
        } catch (IOException e) {
            unreadable(tree.data(link.digest()), null, link.digest(), e);
            return Optional.empty();
        }
    }

    private static Path directory(Path parent, Digest digest) {
        return parent.resolve(digest.algorithm().identifier()).resolve(digest.encoded());
    }

    private List<Digest> digests(Path parent, @Nullable Tag tag) {
        List<Digest> digests = new ArrayList<>();
        for (Path entry : entries(parent, tag)) {
            Optional<DigestAlgorithm> algorithm =
                    DigestAlgorithm.of(entry.getFileName().toString());
            if (algorithm.isEmpty()) {
                report(entry, Kind.BAD_NAME, tag, null, "no algorithm that is supported here");
                continue;
            }
            for (Path digits : entries(entry, tag)) {
                try {
                    digests.add(new Digest(algorithm.get(), digits.getFileName().toString()));
                } catch (RegistryException e) {
                    report(digits, Kind.BAD_NAME, tag, null, "no digest");
                }
            }
        }
        digests.sort(Comparator.comparing(Digest::toString));
        return digests;
    }

    private Optional<Link> link(Path directory, @Nullable Digest named, @Nullable Tag tag) {
        Path file = directory.resolve("link");
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(LONGEST_LINK), StandardCharsets.UTF_8).strip();
            if (text.isEmpty()) {
                report(file, Kind.EMPTY_LINK, tag, named, "the file has no content");
                return Optional.empty();
            }
            Instant writtenAt = DistributionTree.lastChange(file);
            Digest target = Digest.valueOf(text);
            if (named != null && named.algorithm() == target.algorithm() && !named.equals(target)) {
                report(file, Kind.BAD_LINK, tag, named, "it leads to " + target);
                return Optional.empty();
            }
            return Optional.of(new Link(named == null ? target : named, target, writtenAt, tree.relative(directory)));
        } catch (RegistryException e) {
            report(file, Kind.BAD_LINK, tag, named, "its content is no digest");
        } catch (NoSuchFileException e) {
            return Optional.empty(); // it was deleted
        } catch (IOException e) {
            unreadable(file, tag, named, e);
        }
        return Optional.empty();
    }

    private List<Path> entries(Path directory, @Nullable Tag tag) {
        try {
            return DistributionTree.entries(directory);
        } catch (IOException e) {
            unreadable(directory, tag, null, e);
            return List.of();
        }
    }

    private void unreadable(Path path, @Nullable Tag tag, @Nullable Digest digest, IOException e) {
        report(path, Kind.UNREADABLE, tag, digest, e.toString());
    }

    private void report(Path path, Kind kind, @Nullable Tag tag, @Nullable Digest digest, String detail) {
        problems.accept(new Problem(tree.relative(path), kind, name, tag, digest, detail));
    }
}
