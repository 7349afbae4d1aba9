package com.laincloud.registry.connector;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.glassfish.grizzly.FileChunk;

/**
 * A part of a file on its way to a socket. Grizzly has one of its own, which leaves the file open when the client goes, ends at
 * 2 GiB, and does not tell how far it is.
 */
final class FileTransfer implements FileChunk {

    /** At a time, so that one fast client does not keep the others waiting. */
    private static final long PORTION = 8L << 20;

    private final FileChannel file;
    private final long end;
    private volatile long position;

    private FileTransfer(FileChannel file, long position, long end) {
        this.file = file;
        this.position = position;
        this.end = end;
    }

    static FileTransfer open(Path path, long offset, long length) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        return new FileTransfer(file, offset, offset + length);
    }

    /** The offset of the first byte that the socket has not taken. */
    long position() {
        return position;
    }

    /** @throws EOFException if the file has become shorter than the answer promised */
    @Override
    public long writeTo(WritableByteChannel socket) throws IOException {
        long from = position;
        long written = file.transferTo(from, Math.min(end - from, PORTION), socket);
        if (written == 0 && from >= file.size()) {
            throw new EOFException("the file ends at byte " + from + " of " + end);
        }
        position = from + written;
        return written;
    }

    @Override
    public boolean hasRemaining() {
        return position < end;
    }

    @Override
    public int remaining() {
        return (int) Math.min(end - position, Integer.MAX_VALUE);
    }

    /** Closes the file; once or more often. */
    @Override
    public boolean release() {
        try {
            file.close();
        } catch (IOException e) {
            return false; // of a file that was only read nothing is lost
        }
        return true;
    }

    @Override
    public boolean isExternal() {
        return true;
    }
}
