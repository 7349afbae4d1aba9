package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Problem.Kind;
import com.laincloud.registry.adoption.TagFiles.End;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.TreeReader.Child;
import com.laincloud.registry.storage.TreeReader.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One repository of the tree. What is wrong with an item goes to {@code problems}, from any thread, and the item is as good as
 * missing.
 */
final class RepositoryTree {

    private static final int LONGEST_LINK = 1024;

    private final DistributionTree tree;
    private final RepositoryName name;
    private final String layers;
    private final String revisions;
    private final String tags;
    private final Consumer<Problem> problems;

    RepositoryTree(DistributionTree tree, RepositoryName name, Consumer<Problem> problems) {
        String directory = DistributionTree.repository(name);
        this.tree = tree;
        this.name = name;
        this.layers = directory + "/_layers";
        this.revisions = directory + "/_manifests/revisions";
        this.tags = directory + "/_manifests/tags";
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
    String revisionDirectory(Digest digest) {
        return directory(revisions, digest);
    }

    /** The tags that have a place here, in the order of their names. */
    List<Tag> tags() {
        List<Tag> names = new ArrayList<>();
        for (Child child : children(tags, null)) {
            try {
                names.add(Tag.valueOf(child.name()));
            } catch (RegistryException e) {
                report(tags + "/" + child.name(), Kind.BAD_NAME, null, null, "no tag can have this name");
            }
        }
        names.sort(Comparator.comparing(Tag::name));
        return names;
    }

    /** A tag's files; empty if there is no such tag, or nothing at all can be told of it. */
    Optional<TagFiles> tag(Tag tag) {
        String directory = tags + "/" + tag.name();
        if (!tree.reader().isDirectory(directory)) {
            return Optional.empty();
        }
        List<Link> index = new ArrayList<>();
        String history = directory + "/index";
        for (Digest digest : digests(history, tag)) {
            link(directory(history, digest), digest, tag).ifPresent(index::add);
        }
        String current = directory + "/current";
        try {
            Optional<Link> names = link(current, null, tag);
            if (names.isEmpty()) {
                Instant since = tree.lastChange(current + "/link");
                return Optional.of(
                        TagFiles.ended(tag, index, new End(since, "it has no good link to what it names"), directory));
            }
            TagFiles files = TagFiles.naming(tag, index, names.get(), directory);
            String revision = directory(revisions, names.get().target()) + "/link";
            return Optional.of(
                    tree.reader().facts(revision).isPresent()
                            ? files
                            : files.ended(new End(
                                    tree.lastChange(revision),
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
            unreadable(DistributionTree.data(link.digest()), null, link.digest(), e);
            return Optional.empty();
        }
    }

    /** The first bytes of a small blob. */
    byte[] bytes(BlobFile blob, int limit) throws IOException {
        String file = blob.key().path();
        return tree.reader()
                .read(file, limit)
                .orElseThrow(() -> new NoSuchFileException(file))
                .content();
    }

    /** Does the same with many things of this repository. */
    <T, R> List<R> each(List<T> things, Function<T, R> work) {
        return tree.reader().each(things, work);
    }

    private static String directory(String parent, Digest digest) {
        return parent + "/" + digest.algorithm().identifier() + "/" + digest.encoded();
    }

    private List<Digest> digests(String parent, @Nullable Tag tag) {
        List<Digest> digests = new ArrayList<>();
        for (Child child : children(parent, tag)) {
            String directory = parent + "/" + child.name();
            Optional<DigestAlgorithm> algorithm = DigestAlgorithm.of(child.name());
            if (algorithm.isEmpty()) {
                report(directory, Kind.BAD_NAME, tag, null, "no algorithm that is supported here");
                continue;
            }
            for (Child digits : children(directory, tag)) {
                try {
                    digests.add(new Digest(algorithm.get(), digits.name()));
                } catch (RegistryException e) {
                    report(directory + "/" + digits.name(), Kind.BAD_NAME, tag, null, "no digest");
                }
            }
        }
        digests.sort(Comparator.comparing(Digest::toString));
        return digests;
    }

    private Optional<Link> link(String directory, @Nullable Digest named, @Nullable Tag tag) {
        String file = directory + "/link";
        try {
            Optional<SmallFile> there = tree.reader().read(file, LONGEST_LINK);
            if (there.isEmpty()) {
                return Optional.empty(); // it was deleted
            }
            String text = new String(there.get().content(), StandardCharsets.UTF_8).strip();
            if (text.isEmpty()) {
                report(file, Kind.EMPTY_LINK, tag, named, "the file has no content");
                return Optional.empty();
            }
            Digest target = Digest.valueOf(text);
            if (named != null && named.algorithm() == target.algorithm() && !named.equals(target)) {
                report(file, Kind.BAD_LINK, tag, named, "it leads to " + target);
                return Optional.empty();
            }
            Instant writtenAt = DistributionTree.time(there.get().writtenAt());
            return Optional.of(new Link(named == null ? target : named, target, writtenAt, directory));
        } catch (RegistryException e) {
            report(file, Kind.BAD_LINK, tag, named, "its content is no digest");
        } catch (IOException e) {
            unreadable(file, tag, named, e);
        }
        return Optional.empty();
    }

    private List<Child> children(String directory, @Nullable Tag tag) {
        try {
            return tree.reader().children(directory);
        } catch (IOException e) {
            unreadable(directory, tag, null, e);
            return List.of();
        }
    }

    private void unreadable(String path, @Nullable Tag tag, @Nullable Digest digest, IOException e) {
        report(path, Kind.UNREADABLE, tag, digest, e.toString());
    }

    private void report(String path, Kind kind, @Nullable Tag tag, @Nullable Digest digest, String detail) {
        problems.accept(new Problem(path, kind, name, tag, digest, detail));
    }
}
