package com.laincloud.registry.upload;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request's body and what its headers say about it.
 *
 * @param offset where in the upload it begins; null if the client does not say
 * @param length how many bytes it has; {@link #UNKNOWN} if the client does not say
 * @param acknowledged how many bytes of the upload the client was told are there; 0 if it does not say
 */
public record Chunk(InputStream body, @Nullable Long offset, long length, long acknowledged) {

    /** The body ends where it ends. */
    public static final long UNKNOWN = -1;

    private static final Duration MOMENT = Duration.ofMillis(250);

    /**
     * The chunk that a request carries.
     *
     * @param contentLength as the header says; null if it is absent
     * @throws RegistryException {@link ErrorCode#RANGE_INVALID} for a malformed range; {@link ErrorCode#SIZE_INVALID} if
     *     range and length contradict each other
     */
    public static Chunk of(InputStream body, @Nullable String contentRange, @Nullable Long contentLength) {
        UploadRange range = UploadRange.of(contentRange);
        if (range == null) {
            return new Chunk(body, null, contentLength == null ? UNKNOWN : contentLength, 0);
        }
        if (contentLength != null && contentLength != range.length()) {
            throw new RegistryException(
                    ErrorCode.SIZE_INVALID, "Content-Range " + contentRange + " with Content-Length " + contentLength);
        }
        return new Chunk(body, range.first(), range.length(), 0);
    }

    /** This chunk, for an upload of which the client was told that so many bytes are there. */
    Chunk after(long told) {
        return new Chunk(body, offset, length, told);
    }

    /**
     * Reads on: as much as the buffer takes, or as much as comes within a moment. What is written in large pieces lies in large
     * pieces in the page cache, and is sent from there at half the cost.
     *
     * @param received how many bytes were read before
     * @return how many bytes were read; -1 at the end
     * @throws TruncatedBodyException if fewer bytes come than the chunk has; those that came are in the buffer
     * @throws RegistryException {@link ErrorCode#SIZE_INVALID} if more do
     */
    int read(byte[] buffer, long received) {
        long begin = System.nanoTime();
        int filled = 0;
        do {
            int n = readOnce(buffer, filled, received + filled);
            if (n < 0) {
                return filled == 0 ? n : filled;
            }
            filled += n;
        } while (filled < buffer.length && System.nanoTime() - begin < MOMENT.toNanos());
        return filled;
    }

    private int readOnce(byte[] buffer, int offset, long received) {
        int n;
        try {
            n = body.read(buffer, offset, buffer.length - offset);
        } catch (IOException e) {
            throw new TruncatedBodyException(received);
        }
        if (n < 0 && received < length) {
            throw new TruncatedBodyException(received);
        }
        if (length != UNKNOWN && n > 0 && received + n > length) {
            throw new RegistryException(ErrorCode.SIZE_INVALID, "the body is longer than " + length + " bytes");
        }
        return n;
    }
}
