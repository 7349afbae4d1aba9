package com.laincloud.registry.http;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The part of some content that a client wants.
 *
 * @param first the position of the first byte
 * @param length how many bytes from there, at least 1
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-range-requests">RFC 9110, range requests</a>
 */
public record ByteRange(long first, long length) {

    private static final String UNIT = "bytes=";
    private static final int MAX_DIGITS = 18;

    /**
     * The single range that a {@code Range} header asks for. Empty where the whole is to be sent: no header, a header that
     * is malformed or of another unit, or several ranges, all of which RFC 9110 lets a server ignore. A range that ends
     * before it begins, which RFC 9110 lets a server ignore or refuse, is refused, as the specification's conformance
     * program asks.
     *
     * @param size of the content, in bytes
     * @throws RegistryException {@link ErrorCode#RANGE_INVALID} if no byte of the range is within the content
     */
    public static Optional<ByteRange> of(@Nullable String header, long size) {
        if (header == null || !header.startsWith(UNIT)) {
            return Optional.empty();
        }
        String range = header.substring(UNIT.length()).strip();
        int dash = range.indexOf('-');
        if (dash < 0
                || range.length() == 1
                || !isNumber(range.substring(0, dash))
                || !isNumber(range.substring(dash + 1))) {
            return Optional.empty();
        }
        return dash == 0
                ? Optional.of(suffix(number(range.substring(1)), size))
                : Optional.of(within(number(range.substring(0, dash)), range.substring(dash + 1), size));
    }

    private static ByteRange suffix(long length, long size) {
        if (length == 0 || size == 0) {
            throw unsatisfiable(size);
        }
        long bounded = Math.min(length, size);
        return new ByteRange(size - bounded, bounded);
    }

    private static ByteRange within(long first, String lastDigits, long size) {
        long last = lastDigits.isEmpty() ? Long.MAX_VALUE : number(lastDigits);
        if (last < first || first >= size) {
            throw unsatisfiable(size);
        }
        return new ByteRange(first, Math.min(last, size - 1) - first + 1);
    }

    /** The {@code Content-Range} of an answer that carries this part of {@code size} bytes. */
    public String contentRange(long size) {
        return "bytes " + first + "-" + (first + length - 1) + "/" + size;
    }

    private static boolean isNumber(String digits) {
        return digits.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** No content is longer than what a number of more digits would say. */
    private static long number(String digits) {
        return digits.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
    }

    private static RegistryException unsatisfiable(long size) {
        return new UnsatisfiableRangeException(size);
    }

    @SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
    private static final class UnsatisfiableRangeException extends RegistryException {

        private final long size;

        UnsatisfiableRangeException(long size) {
            super(ErrorCode.RANGE_INVALID, "the content has " + size + " bytes");
            this.size = size;
        }

        @Override
        public Map<String, String> headers() {
            return Map.of("Content-Range", "bytes */" + size);
        }
    }
}
