package com.laincloud.registry.integrity;

import com.laincloud.registry.storage.StorageKey;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a check has come, from where another can go on.
 *
 * @param since when it began, as the database writes it: what was found before that is forgotten at the end
 * @param blob the number of the last blob whose bytes were looked for; 0 before the first
 * @param key the last key that was looked for in the index, after all blobs; empty before the first
 */
record CheckPlace(String since, long blob, Optional<StorageKey> key) {

    private static final Pattern FORM =
            Pattern.compile("since (?<since>[-+:. 0-9]+), (?:blob (?<blob>\\d{1,18})|(?<key>\\S+))");

    static CheckPlace beginning(String since) {
        return new CheckPlace(since, 0, Optional.empty());
    }

    /** What {@link #toString} wrote; empty if it did not. */
    static Optional<CheckPlace> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String since = matcher.group("since");
        String blob = matcher.group("blob");
        return blob == null
                ? StorageKey.parse(matcher.group("key"))
                        .map(key -> beginning(since).at(key))
                : Optional.of(beginning(since).at(Long.parseLong(blob)));
    }

    CheckPlace at(long number) {
        return new CheckPlace(since, number, Optional.empty());
    }

    CheckPlace at(StorageKey last) {
        return new CheckPlace(since, 0, Optional.of(last));
    }

    boolean isBeforeBlobs() {
        return blob == 0 && key.isEmpty();
    }

    boolean isBeforeKeys() {
        return key.isEmpty();
    }

    @Override
    public String toString() {
        return "since " + since + ", " + key.map(StorageKey::path).orElse("blob " + blob);
    }
}
