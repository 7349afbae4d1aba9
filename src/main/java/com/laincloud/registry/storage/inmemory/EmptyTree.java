package com.laincloud.registry.storage.inmemory;

import com.laincloud.registry.storage.TreeReader;
import jakarta.enterprise.inject.Vetoed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What another registry has left in the memory of this one: nothing. */
@Vetoed // the container is not to choose it
public final class EmptyTree implements TreeReader {

    @Override
    public String place(String path) {
        return "memory";
    }

    @Override
    public List<Child> children(String directory) {
        return List.of();
    }

    @Override
    public boolean isDirectory(String path) {
        return false;
    }

    @Override
    public boolean hasChildren(String directory) {
        return false;
    }

    @Override
    public Optional<FileFacts> facts(String file) {
        return Optional.empty();
    }

    @Override
    public Optional<SmallFile> read(String file, int limit) {
        return Optional.empty();
    }

    @Override
    public InputStream open(String file) throws IOException {
        throw new NoSuchFileException(file);
    }

    @Override
    public Instant lastChange(String file) throws IOException {
        throw new NoSuchFileException(file);
    }

    @Override
    public boolean name(String file, String existing) {
        return false;
    }

    @Override
    public <T, R> List<R> each(List<T> things, Function<T, R> work) {
        return things.stream().map(work).toList();
    }

    @Override
    public <T> T await(Supplier<T> work) {
        return work.get();
    }

    @Override
    public void close() {}
}
