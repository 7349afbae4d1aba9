package com.laincloud.registry.it.clients;

import com.laincloud.registry.it.RegistryClient;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What a tar file holds, in a form that can be compared: neither order nor times count. */
final class ArchiveContents {

    private ArchiveContents() {}

    /** The entries of {@code archive} by name, each as its mode, its link and the digest of its bytes. */
    static SortedMap<String, String> of(Path archive) {
        SortedMap<String, String> entries = new TreeMap<>();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                TarArchiveInputStream tar = new TarArchiveInputStream(file)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String kind = (entry.isDirectory() ? "d" : "-") + Integer.toOctalString(entry.getMode());
                entries.put(
                        entry.getName(),
                        kind + " " + entry.getLinkName() + " " + RegistryClient.digest(tar.readAllBytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries;
    }
}
