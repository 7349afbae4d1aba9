package com.laincloud.registry.connector;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.glassfish.grizzly.FileChunk;
import org.glassfish.grizzly.asyncqueue.TaskQueue;

/**
 * A part of a file on its way to a socket. Grizzly has one of its own, which leaves the file open when the client goes, ends at
 * 2 GiB, and does not tell how far it is.
 *
 * <p>A connection counts the bytes that are waiting to be written to it. Grizzly counts a file as one byte when it comes, but as
 * all of its bytes when they go: the connection would count further and further below nothing, would be woken again and again
 * for what is not there, and after 2 GiB would wait for ever. So what has been written is counted here before it goes.
 */
final class FileTransfer implements FileChunk {

    /** At a time, so that one fast client does not keep the others waiting. */
    private static final long PORTION = 8L << 20;

    private final TaskQueue<?> queue;
    private final FileChannel file;
    private final long end;
    private volatile long position;

    private FileTransfer(TaskQueue<?> queue, FileChannel file, long position, long end) {
        this.queue = queue;
        this.file = file;
        this.position = position;
        this.end = end;
    }

    /** @param queue what is waiting to be written to the connection */
    static FileTransfer open(TaskQueue<?> queue, Path path, long offset, long length) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        return new FileTransfer(queue, file, offset, offset + length);
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
        queue.reserveSpace(
                (int) (hasRemaining() ? written : written - 1)); // the one that it was counted as when it came
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
