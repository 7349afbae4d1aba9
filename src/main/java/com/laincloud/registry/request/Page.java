package com.laincloud.registry.request;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a sorted list is asked for.
 *
 * @param last the entry after which the page begins; empty for the first page
 * @param limit how many entries at most; {@link #UNLIMITED} for all that follow
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags">distribution-spec,
 *     listing tags</a>
 */
public record Page(String last, int limit) {

    /** No limit: the client did not give one. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /**
     * The page that query parameters ask for. A number too large for anything is as good as no limit.
     *
     * @throws RegistryException {@link ErrorCode#PAGINATION_NUMBER_INVALID} if {@code n} is negative or no number
     */
    public static Page of(@Nullable String n, @Nullable String last) {
        return new Page(last == null ? "" : text(last), n == null || n.isEmpty() ? UNLIMITED : limit(n));
    }

    /** No name has a NUL, and what follows one changes nothing in the order; the database would not take it. */
    private static String text(String last) {
        int nul = last.indexOf('\0');
        return nul < 0 ? last : last.substring(0, nul);
    }

    private static int limit(String n) {
        if (!n.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new RegistryException(ErrorCode.PAGINATION_NUMBER_INVALID, n);
        }
        try {
            return Integer.parseInt(n);
        } catch (NumberFormatException tooLarge) {
            return UNLIMITED;
        }
    }

    /** Whether a list that fills this page may go on after it. */
    public boolean isLimited() {
        return limit != UNLIMITED;
    }

    /** The same place, with room for one entry more, which tells whether another page follows. */
    public Page andOneMore() {
        return isLimited() ? new Page(last, limit + 1) : this;
    }

    /** The page that follows one that ended with {@code entry}. */
    public Page after(String entry) {
        return new Page(entry, limit);
    }
}
