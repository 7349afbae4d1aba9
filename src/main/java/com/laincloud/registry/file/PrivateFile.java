package com.laincloud.registry.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A small file that only its owner may read, never seen half-written, not even after a crash: it is written aside, forced, and
 * renamed. Of several processes that write it at once, one prevails.
 */
public final class PrivateFile {

    private PrivateFile() {}

    /** Puts a text in the place of whatever a file holds; its directory must be there. */
    public static void replace(Path file, String text) throws IOException {
        Path aside = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        Files.deleteIfExists(aside);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (FileChannel channel = FileChannel.open(aside, Set.of(CREATE_NEW, WRITE), ownerOnly)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        DurableDirectory.rename(aside, file);
    }
}
