package com.laincloud.registry.storage.filesystem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A filesystem that really fills up: 8 MiB of memory, mounted where only the process under test sees it. That takes root,
 * or a kernel that lets users have namespaces, as Debian's does.
 */
class FilesystemDriverFullTest {

    private static final String MOUNT_AND_RUN =
            "mount -t tmpfs -o size=8m tmpfs \"$1\" && exec \"$2\" -cp \"$3\" \"$4\" \"$1\"";

    @TempDir
    private Path root;

    @Test
    void aFullDiskIsToldAndHarmsNothingAndWhatIsDroppedMakesRoom() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "unshare",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        MOUNT_AND_RUN,
                        "sh",
                        root.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        System.getProperty("java.class.path"),
                        FullDisk.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines())
                .containsExactly(
                        "one upload takes what is left: full",
                        "a stored blob is still read: true",
                        "there is room again: true",
                        "joining takes room: full",
                        "a blob is still deleted: true");
    }
}
