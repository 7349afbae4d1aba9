package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Problem.Kind;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.TreeReader;
import com.laincloud.registry.storage.TreeReader.Child;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The tree of a docker/distribution, for reading. See the package's description for what lies where. */
final class DistributionTree {

    private static final int LONGEST_NAME = 255;
    private static final String BLOBS = "docker/registry/v2/blobs";
    private static final String REPOSITORIES = "docker/registry/v2/repositories";

    private final TreeReader reader;

    DistributionTree(TreeReader reader) {
        this.reader = reader;
    }

    TreeReader reader() {
        return reader;
    }

    /** Whether there is a tree with anything in it. */
    boolean isPresent() {
        return reader.hasChildren(REPOSITORIES);
    }

    /** @throws StorageException if there is none */
    void requirePresent() {
        if (!isPresent()) {
            throw StorageException.failed(
                    "there is no tree of a docker/distribution in " + reader.place(REPOSITORIES), null);
        }
    }

    /** The directory of a repository, which may not be there. */
    static String repository(RepositoryName name) {
        return REPOSITORIES + "/" + name.value();
    }

    /** Whether there is anything of a repository, or within it. */
    boolean has(RepositoryName name) {
        return reader.isDirectory(repository(name));
    }

    /** The names of all repositories, also those within others, in no order. */
    List<RepositoryName> names(Consumer<Problem> problems) {
        List<RepositoryName> names = Collections.synchronizedList(new ArrayList<>());
        List<String> level = List.of("");
        while (!level.isEmpty()) {
            level = reader.each(level, name -> collect(name, names, problems)).stream()
                    .flatMap(List::stream)
                    .toList();
        }
        return names;
    }

    /** Adds a directory, if it is a repository's, and returns those in it that may be, or hold some. */
    private List<String> collect(String name, List<RepositoryName> names, Consumer<Problem> problems) {
        String directory = name.isEmpty() ? REPOSITORIES : REPOSITORIES + "/" + name;
        List<Child> children = childrenOrProblem(directory, problems);
        if (!name.isEmpty() && children.stream().anyMatch(DistributionTree::marksRepository)) {
            try {
                names.add(RepositoryName.valueOf(name));
            } catch (RegistryException e) {
                problems.accept(
                        new Problem(directory, Kind.BAD_NAME, null, null, null, "no repository can have this name"));
            }
        }
        if (name.length() > LONGEST_NAME) {
            return List.of(); // a repository below has no name either, and a link to a directory above would never end
        }
        return children.stream()
                .filter(child -> child.isDirectory() && !child.name().startsWith("_"))
                .map(child -> name.isEmpty() ? child.name() : name + "/" + child.name())
                .toList();
    }

    private static boolean marksRepository(Child child) {
        return child.name().equals("_manifests") || child.name().equals("_layers");
    }

    private List<Child> childrenOrProblem(String directory, Consumer<Problem> problems) {
        try {
            return reader.children(directory);
        } catch (IOException e) {
            problems.accept(new Problem(directory, Kind.UNREADABLE, null, null, null, e.toString()));
            return List.of();
        }
    }

    /** The file that holds the bytes of a digest, which may not be there. */
    static String data(Digest digest) {
        return StorageKey.inTree(digest).path();
    }

    /**
     * The bytes that a link leads to; empty if they are gone. A digest of another algorithm than the tree's own has no file
     * of its own there: it gets one, another name of the same bytes, so that every key is one blob's alone.
     */
    Optional<BlobFile> blob(Link link) throws IOException {
        if (!link.digest().equals(link.target()) && !reader.name(data(link.digest()), data(link.target()))) {
            return Optional.empty();
        }
        return reader.facts(data(link.digest()))
                .map(facts -> new BlobFile(
                        link.digest(), facts.size(), time(facts.writtenAt()), StorageKey.inTree(link.digest())));
    }

    /** When a file was last written, or went. */
    Instant lastChange(String file) throws IOException {
        return time(reader.lastChange(file));
    }

    /** As the database keeps it. */
    static Instant time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    /** How many bytes the files of all blobs hold. */
    long size() throws IOException {
        long size = 0;
        for (Child algorithm : reader.children(BLOBS)) {
            String directory = BLOBS + "/" + algorithm.name();
            size +=
                    reader
                            .each(reader.children(directory), digits -> sizeBelow(directory + "/" + digits.name()))
                            .stream()
                            .mapToLong(Long::longValue)
                            .sum();
        }
        return size;
    }

    private long sizeBelow(String directory) {
        try {
            long size = 0;
            for (Child digits : reader.children(directory)) {
                size += sizeOf(directory + "/" + digits.name() + "/data");
            }
            return size;
        } catch (IOException e) {
            throw StorageException.failed("the tree cannot be read: " + e, e);
        }
    }

    private long sizeOf(String file) {
        try {
            return reader.facts(file).map(TreeReader.FileFacts::size).orElse(0L);
        } catch (IOException e) {
            return 0; // it becomes a problem where it is read
        }
    }
}
