package com.laincloud.registry.image;

import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ModificationTimeProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The layers of the image, from what changes with the JDK to what changes with every build, so that a cluster that is
 * upgraded fetches little.
 */
final class ImageLayers {

    /** What of the runtime each build makes anew. */
    private static final Set<String> OF_THIS_BUILD = Set.of("registry.war", "launcher.jar", "java.arguments");

    private static final ModificationTimeProvider THE_SAME_ALWAYS = (file, target) -> Instant.EPOCH;

    private final ImageParts parts;
    private final Path lain;

    /** @param lain the directory of what LAIN expects in an app's */
    ImageLayers(ImageParts parts, Path lain) {
        this.parts = parts;
        this.lain = lain;
    }

    List<FileEntriesLayer> all() throws IOException {
        FileEntriesLayer.Builder java = FileEntriesLayer.builder().setName("java");
        FileEntriesLayer.Builder libraries = FileEntriesLayer.builder().setName("libraries");
        FileEntriesLayer.Builder registry = FileEntriesLayer.builder().setName("registry");
        add(java, parts.java(), "/opt/java", THE_SAME_ALWAYS);
        try (Stream<Path> runtime = Files.list(parts.registry().resolve("target/runtime"))) {
            for (Path path : (Iterable<Path>) runtime.sorted()::iterator) {
                String name = path.getFileName().toString();
                String target = "/opt/registry/target/runtime/" + name;
                if (OF_THIS_BUILD.contains(name)) {
                    add(registry, path, target, THE_SAME_ALWAYS);
                } else {
                    // the ahead-of-time cache knows its jars by their times
                    add(libraries, path, target, (file, ignored) -> modified(file));
                }
            }
        }
        add(registry, parts.registry().resolve("payara"), "/opt/registry/payara", THE_SAME_ALWAYS);
        add(registry, lain, "/lain/app", THE_SAME_ALWAYS);
        return List.of(java.build(), libraries.build(), registry.build());
    }

    private static void add(FileEntriesLayer.Builder layer, Path source, String target, ModificationTimeProvider times)
            throws IOException {
        layer.addEntryRecursive(source, AbsoluteUnixPath.get(target), (file, ignored) -> permissions(file), times);
    }

    private static FilePermissions permissions(Path file) {
        try {
            return FilePermissions.fromPosixFilePermissions(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
