package com.laincloud.registry.storage.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import software.amazon.awssdk.core.sync.RequestBody;

/** Bytes that wait to be sent, as often as it takes. Written by one thread, then read by another. */
final class ScratchFile implements AutoCloseable {

    private static final String MEDIA_TYPE = "application/octet-stream";

    private final Scratch scratch;
    private final FileChannel channel;
    private long length;

    ScratchFile(Scratch scratch, FileChannel channel) {
        this.scratch = scratch;
        this.channel = channel;
    }

    long length() {
        return length;
    }

    /** Adds bytes. */
    void write(byte[] bytes, int offset, int count) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, count);
        scratch.take(count);
        length += count;
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw scratch.failure(e);
        }
    }

    /** What the file holds, to be sent. */
    RequestBody body() {
        return RequestBody.fromContentProvider(Reading::new, length, MEDIA_TYPE);
    }

    /** Once or more often. */
    @Override
    public void close() {
        scratch.giveBack(length);
        length = 0;
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the beginning, whatever other readings do. */
    private final class Reading extends InputStream {

        private long position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            Objects.checkFromIndexSize(offset, count, target.length);
            int read = channel.read(ByteBuffer.wrap(target, offset, count), position);
            position += Math.max(read, 0);
            return read;
        }
    }
}
