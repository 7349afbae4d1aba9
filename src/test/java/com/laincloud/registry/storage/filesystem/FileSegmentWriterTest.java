package com.laincloud.registry.storage.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSegmentWriterTest {

    /** Takes every byte, and refuses to be forced. */
    private static final Path CANNOT_BE_FORCED = Path.of("/dev/null");

    @TempDir
    private Path directory;

    @Test
    void aSegmentOfWhichBytesCouldNotBeCarriedToTheDiskIsGivenUpAndSaysSo() throws IOException {
        Path segment = Files.createFile(directory.resolve("0"));
        byte[] block = new byte[1 << 20];
        try (WriteBack writeBack = new WriteBack()) {
            shutDown(writeBack);
            SegmentWriter writer = new FileSegmentWriter(
                    segment,
                    FileChannel.open(CANNOT_BE_FORCED, StandardOpenOption.WRITE),
                    0,
                    new FreeSpace(directory, directory, 0),
                    writeBack);

            assertThatThrownBy(() -> {
                        try (writer) {
                            for (int i = 0; i < 16; i++) {
                                writer.write(block, 0, block.length);
                            }
                        }
                    })
                    .isInstanceOf(StorageException.class)
                    .hasStackTraceContaining("could not be carried to the disk");
            assertThat(segment).doesNotExist();
        }
    }

    /** From then on it forces on the thread of its caller, so that this test knows when. */
    private static void shutDown(WriteBack writeBack) {
        writeBack.close();
    }
}
