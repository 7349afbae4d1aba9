package com.laincloud.registry.upload;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an upload that a chunk says it holds: {@code Content-Range: <first>-<last>}, both inclusive.
 *
 * @see <a
 *     href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks">distribution-spec,
 *     pushing a blob in chunks</a>
 */
record UploadRange(long first, long last) {

    private static final int MAX_DIGITS = 18;

    /**
     * The range that a header spells, with or without HTTP's unit and total ({@code bytes 0-9/*}), or null if there is
     * no header.
     *
     * @throws RegistryException {@link ErrorCode#RANGE_INVALID}
     */
    static @Nullable UploadRange of(@Nullable String header) {
        if (header == null) {
            return null;
        }
        String range = header.startsWith("bytes ") ? header.substring("bytes ".length()) : header;
        int slash = range.indexOf('/');
        range = slash < 0 ? range : range.substring(0, slash);
        int dash = range.indexOf('-');
        if (dash < 0) {
            throw new RegistryException(ErrorCode.RANGE_INVALID, header);
        }
        UploadRange parsed =
                new UploadRange(number(range.substring(0, dash), header), number(range.substring(dash + 1), header));
        if (parsed.last < parsed.first) {
            throw new RegistryException(ErrorCode.RANGE_INVALID, header);
        }
        return parsed;
    }

    /** How many bytes it spans. */
    long length() {
        return last - first + 1;
    }

    /** The {@code Range} header that acknowledges {@code size} bytes; {@code 0-0} for none, as clients have always seen. */
    static String acknowledged(long size) {
        return "0-" + Math.max(0, size - 1);
    }

    private static long number(String digits, String header) {
        if (digits.isEmpty() || digits.length() > MAX_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new RegistryException(ErrorCode.RANGE_INVALID, header);
        }
        return Long.parseLong(digits);
    }
}
