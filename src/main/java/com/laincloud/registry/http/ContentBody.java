package com.laincloud.registry.http;

import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StoredContent;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Stored bytes on their way to a client.
 *
 * @param part which of them
 */
public record ContentBody(StoredContent content, ByteRange part) {

    private static final int BUFFER = 64 * 1024;

    /** Has the container send them after the headers by itself. Says false where it cannot: then they are to be written. */
    public boolean leave(HttpServletRequest request) {
        return content instanceof StoredContent.InFile inFile && FileBody.leave(request, inFile, part);
    }

    /**
     * The stored bytes, from the first of the part on.
     *
     * @throws StorageException if they are not there, or not all of them
     */
    public InputStream open() {
        return content.open(part.first());
    }

    /** Writes the part, through one buffer. */
    public void write(OutputStream out) throws IOException {
        try (InputStream in = open()) {
            write(in, out);
        }
    }

    /** Writes the part out of what {@link #open} returned. */
    public void write(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, part.length()))];
        long left = part.length();
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new IOException("the content ends " + left + " bytes early");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }
}
