package com.laincloud.registry.it.clients;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The tar archive of one layer, the same bytes whenever it is made of the same entries.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md">image-spec, layers</a>
 */
final class LayerArchive {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name());

    LayerArchive directory(String path) {
        return entry(new TarArchiveEntry(path + "/"), 0755, new byte[0]);
    }

    LayerArchive file(String path, byte[] content) {
        return entry(new TarArchiveEntry(path), 0644, content);
    }

    /** A file of {@code size} bytes that do not compress and that {@code seed} decides. */
    LayerArchive noise(String path, long seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return file(path, content);
    }

    LayerArchive symbolicLink(String path, String target) {
        TarArchiveEntry link = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
        link.setLinkName(target);
        return entry(link, 0777, new byte[0]);
    }

    /** Hides what lower layers have at {@code directory/name}. */
    LayerArchive whiteout(String directory, String name) {
        return file(directory + "/.wh." + name, new byte[0]);
    }

    /** Hides all that lower layers have in {@code directory}. */
    LayerArchive opaque(String directory) {
        return whiteout(directory, ".wh..opq");
    }

    /** The finished archive. */
    byte[] toTar() {
        try {
            tar.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** {@code content} compressed; the header has no time, so that equal content stays equal. */
    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }

    private LayerArchive entry(TarArchiveEntry entry, int mode, byte[] content) {
        entry.setMode(mode);
        entry.setModTime(0L);
        entry.setSize(content.length);
        entry.setIds(0, 0);
        try {
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }
}
