package com.laincloud.registry.request;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * A moment as a query has it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3339#section-5.6">RFC 3339, Internet date/time format</a>
 */
public final class MomentText {

    private static final int LAST_YEAR = 9999;

    private MomentText() {}

    /** The moment that {@code text} spells, such as {@code 2026-11-30T12:00:00Z}; empty if it spells none. */
    public static Optional<Instant> parse(String text) {
        try {
            OffsetDateTime moment = OffsetDateTime.parse(text.replace(' ', '+')); // a plus in a query is a space
            boolean isOfFourDigits = moment.getYear() >= 0 && moment.getYear() <= LAST_YEAR;
            return isOfFourDigits ? Optional.of(moment.toInstant()) : Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
