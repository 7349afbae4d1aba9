package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.storage.SegmentWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Writes a segment's file, and has it carried to the disk on the way. A segment of which bytes could not be carried there is
 * given up: the system tells so once, and would say of the next attempt that all is well.
 */
final class FileSegmentWriter implements SegmentWriter {

    /** What is given to the system at once: it is copied to memory outside the heap, of which each thread keeps as much. */
    private static final int SLICE = 128 << 10;

    /** After so many bytes they are carried to the disk; 4 MiB to 32 MiB measured alike. */
    private static final long WRITE_BACK_INTERVAL = 16 << 20;

    private final Path file;
    private final FileChannel channel;
    private final FreeSpace space;
    private final WriteBack writeBack;
    private long position;
    private long written;
    private @Nullable FutureTask<Void> pending;

    FileSegmentWriter(Path file, FileChannel channel, long position, FreeSpace space, WriteBack writeBack) {
        this.file = file;
        this.channel = channel;
        this.position = position;
        this.space = space;
        this.writeBack = writeBack;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        try {
            for (int done = 0; done < length; ) {
                int count =
                        channel.write(ByteBuffer.wrap(bytes, offset + done, Math.min(SLICE, length - done)), position);
                done += count;
                position += count;
            }
            written += length;
            if (written >= WRITE_BACK_INTERVAL && (pending == null || pending.isDone())) {
                startWriteBack();
            }
        } catch (IOException e) {
            throw space.failure("a segment cannot be written", e);
        }
    }

    private void startWriteBack() throws IOException {
        endWriteBack();
        space.requireReserve();
        pending = writeBack.start(channel);
        written = 0;
    }

    private void endWriteBack() throws IOException {
        if (pending != null) {
            FutureTask<Void> ending = pending;
            pending = null;
            try {
                writeBack.end(ending);
            } catch (IOException e) {
                Files.deleteIfExists(file);
                throw e;
            }
        }
    }

    @Override
    public void close() {
        try (channel) {
            endWriteBack();
        } catch (IOException e) {
            throw space.failure("a segment cannot be written", e);
        }
    }
}
