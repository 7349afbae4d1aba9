package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Problem.Kind;
import com.laincloud.registry.file.DurableDirectory;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The tree of a docker/distribution, for reading. See the package's description for what lies where. */
final class DistributionTree {

    private static final int LONGEST_NAME = 255;

    private final Path root;
    private final Path blobs;
    private final Path repositories;

    /** @param root the storage root */
    DistributionTree(Path root) {
        this.root = root.toAbsolutePath().normalize();
        Path tree = this.root.resolve("docker").resolve("registry").resolve("v2");
        this.blobs = tree.resolve("blobs");
        this.repositories = tree.resolve("repositories");
    }

    /** Whether there is a tree with anything in it. */
    boolean isPresent() {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(repositories)) {
            return entries.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    /** @throws StorageException if there is none */
    void requirePresent() {
        if (!isPresent()) {
            throw StorageException.failed("there is no tree of a docker/distribution in " + repositories, null);
        }
    }

    /** The directory of a repository, which may not be there. */
    Path repository(RepositoryName name) {
        return repositories.resolve(name.value());
    }

    /** A path as reports show it: below the storage root. */
    Path relative(Path path) {
        return root.relativize(path);
    }

    /** The names of all repositories, also those within others, in no order. */
    List<RepositoryName> names(Consumer<Problem> problems) {
        List<RepositoryName> names = new ArrayList<>();
        for (Path entry : entriesOrProblem(repositories, problems)) {
            collect(entry, names, problems);
        }
        return names;
    }

    private void collect(Path directory, List<RepositoryName> names, Consumer<Problem> problems) {
        String text = repositories.relativize(directory).toString();
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> entries = entriesOrProblem(directory, problems);
        if (entries.stream().anyMatch(DistributionTree::marksRepository)) {
            try {
                names.add(RepositoryName.valueOf(text));
            } catch (RegistryException e) {
                problems.accept(new Problem(
                        relative(directory), Kind.BAD_NAME, null, null, null, "no repository can have this name"));
            }
        }
        if (text.length() > LONGEST_NAME) {
            return; // a repository below has no name either, and a link to a directory above would never end
        }
        for (Path entry : entries) {
            if (!entry.getFileName().toString().startsWith("_")) {
                collect(entry, names, problems);
            }
        }
    }

    private static boolean marksRepository(Path entry) {
        String name = entry.getFileName().toString();
        return name.equals("_manifests") || name.equals("_layers");
    }

    private List<Path> entriesOrProblem(Path directory, Consumer<Problem> problems) {
        try {
            return entries(directory);
        } catch (IOException e) {
            problems.accept(new Problem(relative(directory), Kind.UNREADABLE, null, null, null, e.toString()));
            return List.of();
        }
    }

    /** What a directory holds; nothing if it is not there, or no directory. */
    static List<Path> entries(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    /** The file that holds the bytes of a digest, which may not be there. */
    Path data(Digest digest) {
        return root.resolve(StorageKey.inTree(digest).path());
    }

    /**
     * The bytes that a link leads to; empty if they are gone. A digest of another algorithm than the tree's own has no file
     * of its own there: it gets one, a second name of the same file, so that every key is one blob's alone.
     */
    Optional<BlobFile> blob(Link link) throws IOException {
        Path file = data(link.digest());
        try {
            if (!link.digest().equals(link.target()) && !Files.exists(file)) {
                name(file, data(link.target()));
            }
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new BlobFile(
                    link.digest(),
                    attributes.size(),
                    time(attributes.lastModifiedTime().toInstant()),
                    StorageKey.inTree(link.digest()),
                    file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** A row will count on the name, so it has to survive the loss of power. */
    private void name(Path file, Path existing) throws IOException {
        if (!Files.exists(existing)) {
            throw new NoSuchFileException(existing.toString());
        }
        DurableDirectory.create(file.toAbsolutePath().resolveSibling(""));
        try {
            Files.createLink(file, existing);
        } catch (FileAlreadyExistsException e) {
            // somebody else was looking at the same link
        }
        for (Path directory = file.resolveSibling("");
                directory.startsWith(blobs);
                directory = directory.resolveSibling("")) {
            try (FileChannel channel = FileChannel.open(directory)) {
                channel.force(true);
            }
        }
    }

    /** When a file was last written, or, if it is not there, when the nearest directory above it last lost or got an entry. */
    static Instant lastChange(Path path) throws IOException {
        try {
            return time(Files.getLastModifiedTime(path).toInstant());
        } catch (NoSuchFileException e) {
            return lastChange(path.resolveSibling(""));
        }
    }

    /** As the database keeps it. */
    private static Instant time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    /** How many bytes the files of all blobs hold. */
    long size() throws IOException {
        long size = 0;
        for (Path algorithm : entries(blobs)) {
            for (Path firstDigits : entries(algorithm)) {
                for (Path digits : entries(firstDigits)) {
                    Path file = digits.resolve("data");
                    size += Files.exists(file) ? Files.size(file) : 0;
                }
            }
        }
        return size;
    }
}
