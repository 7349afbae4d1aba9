package com.laincloud.registry.storage.filesystem;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/** Reads part of a file, and fails where the file ends before the part does. */
final class FileRange extends InputStream {

    private static final int SLICE = 128 << 10;

    private final FileChannel channel;
    private final long end;
    private long position;

    private FileRange(FileChannel channel, long begin, long end) {
        this.channel = channel;
        this.position = begin;
        this.end = end;
    }

    static FileRange open(Path file, long begin, long end) throws IOException {
        FileChannel channel = FileChannel.open(file);
        long length = channel.size();
        if (length < end) {
            channel.close();
            throw new EOFException(file + " holds " + length + " bytes where " + end + " should be");
        }
        return new FileRange(channel, begin, end);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (position == end) {
            return length == 0 ? 0 : -1;
        }
        int wanted = (int) Math.min(Math.min(length, SLICE), end - position);
        int count = channel.read(ByteBuffer.wrap(bytes, offset, wanted), position);
        if (count < 0) {
            throw new EOFException("the file was cut short while it was read");
        }
        position += count;
        return count;
    }

    @Override
    public long skip(long count) {
        long skipped = Math.clamp(count, 0, end - position);
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(end - position, Integer.MAX_VALUE);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
