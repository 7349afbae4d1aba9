package com.laincloud.registry.integrity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a check has come with the blobs whose bytes may be lost, as a line of text for the one that goes on with it.
 *
 * @param blob the number of the row of the last blob that was looked at
 * @param begin when the check began, as the database writes it
 */
record CheckPlace(long blob, String begin) {

    private static final Pattern FORM = Pattern.compile("blob (\\d{1,18}) since ([-0-9:.+ ]{10,40})");

    static Optional<CheckPlace> parse(String line) {
        Matcher form = FORM.matcher(line);
        return form.matches()
                ? Optional.of(new CheckPlace(Long.parseLong(form.group(1)), form.group(2)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "blob " + blob + " since " + begin;
    }
}
