package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.file.DurableDirectory;
import com.laincloud.registry.storage.TreeReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** A tree of files, one after the other: what is near is not waited for. */
public final class FileTree implements TreeReader {

    private final Path root;

    /** @param root the storage root */
    public FileTree(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** A name that was read may be none that can be asked for, where the locale does not know its letters. */
    private Path file(String path) throws IOException {
        try {
            return root.resolve(path);
        } catch (InvalidPathException e) {
            throw new IOException("no file can have this name: " + e.getMessage(), e);
        }
    }

    @Override
    public String place(String path) {
        return root + "/" + path;
    }

    @Override
    public List<Child> children(String directory) throws IOException {
        List<Child> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(file(directory))) {
            entries.forEach(entry -> children.add(new Child(entry.getFileName().toString(), Files.isDirectory(entry))));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }

    @Override
    public boolean isDirectory(String path) {
        try {
            return Files.isDirectory(file(path));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public boolean hasChildren(String directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(file(directory))) {
            return entries.iterator().hasNext();
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
    }

    @Override
    public Optional<FileFacts> facts(String file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file(file), BasicFileAttributes.class);
            return Optional.of(new FileFacts(
                    attributes.size(), attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<SmallFile> read(String file, int limit) throws IOException {
        try (InputStream in = open(file)) {
            return Optional.of(new SmallFile(in.readNBytes(limit), lastChange(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public InputStream open(String file) throws IOException {
        return Files.newInputStream(file(file));
    }

    /** When the nearest directory above a file that is gone last lost or got an entry. */
    @Override
    public Instant lastChange(String file) throws IOException {
        return lastChange(file(file));
    }

    private static Instant lastChange(Path path) throws IOException {
        try {
            return Files.getLastModifiedTime(path).toInstant();
        } catch (NoSuchFileException e) {
            return lastChange(path.resolveSibling(""));
        }
    }

    /** A row will count on the name, so it has to survive the loss of power. */
    @Override
    public boolean name(String file, String existing) throws IOException {
        Path name = file(file);
        if (Files.exists(name)) {
            return true;
        }
        if (!Files.exists(file(existing))) {
            return false;
        }
        DurableDirectory.create(name.resolveSibling(""));
        try {
            Files.createLink(name, file(existing));
        } catch (FileAlreadyExistsException e) {
            // another thread was looking at the same link
        }
        for (Path directory = name.resolveSibling("");
                !directory.equals(root);
                directory = directory.resolveSibling("")) {
            try (FileChannel channel = FileChannel.open(directory)) {
                channel.force(true);
            }
        }
        return true;
    }

    @Override
    public <T, R> List<R> each(List<T> things, Function<T, R> work) {
        List<R> results = new ArrayList<>(things.size());
        things.forEach(thing -> results.add(work.apply(thing)));
        return results;
    }

    @Override
    public <T> T await(Supplier<T> work) {
        return work.get();
    }

    @Override
    public void close() {}
}
