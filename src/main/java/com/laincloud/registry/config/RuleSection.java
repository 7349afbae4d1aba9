package com.laincloud.registry.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A map within a list of rules, which says where it stands when something in it is wrong. */
final class RuleSection {

    private final String name;
    private final Map<?, ?> values;

    RuleSection(String name, @Nullable Object yaml, Set<String> known) {
        if (!(yaml instanceof Map<?, ?> map)) {
            throw new InvalidSettingException(name + ": is no map");
        }
        map.keySet().stream()
                .filter(key -> !known.contains(String.valueOf(key)))
                .findFirst()
                .ifPresent(key -> {
                    throw new InvalidSettingException(name + "." + key + ": is no key of it; there are "
                            + String.join(", ", known.stream().sorted().toList()));
                });
        map.forEach((key, value) -> {
            if (value == null) {
                throw new InvalidSettingException(name + "." + key + ": says nothing");
            }
        });
        this.name = name;
        this.values = map;
    }

    /** Where it stands, for example {@code retention.rules[0]}. */
    String name() {
        return name;
    }

    /** Whether it has a key. */
    boolean has(String key) {
        return values.containsKey(key);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** The map under a key; an empty one if there is none. */
    RuleSection section(String key, Set<String> known) {
        return new RuleSection(name + "." + key, has(key) ? values.get(key) : Map.of(), known);
    }

    private @Nullable String text(String key) {
        Object value = values.get(key);
        return value == null ? null : value.toString();
    }

    /** The patterns under a key; where a rule names no repositories, it is for all. */
    List<String> globs(String key, Pattern allowed) {
        Object value = values.get(key);
        if (value == null && key.equals("repositories")) {
            return List.of("**");
        }
        List<String> globs = new ArrayList<>();
        for (Object item : value instanceof Collection<?> items ? items : value == null ? List.of() : List.of(value)) {
            if (item == null || !allowed.matcher(item.toString()).matches()) {
                throw new InvalidSettingException(name + "." + key + ": \"" + item + "\" is no pattern: " + allowed);
            }
            globs.add(item.toString());
        }
        return List.copyOf(globs);
    }

    /** The text under a key, which must be there, in the parts that the expression takes it apart into. */
    Matcher required(String key, Pattern allowed) {
        String text = text(key);
        Matcher parts = allowed.matcher(text == null ? "" : text);
        if (!parts.matches()) {
            throw new InvalidSettingException(name + "." + key + ": \"" + text + "\" is not " + allowed);
        }
        return parts;
    }

    /** The number under a key; 0 if there is none. */
    int number(String key) {
        String text = text(key);
        if (text != null && !text.matches("[0-9]{1,9}")) {
            throw new InvalidSettingException(name + "." + key + ": " + text + " is no number");
        }
        return text == null ? 0 : Integer.parseInt(text);
    }

    /** Whether a key says true. */
    boolean truth(String key) {
        String text = text(key);
        if (text != null && !text.matches("true|false")) {
            throw new InvalidSettingException(name + "." + key + ": " + text + " is neither true nor false");
        }
        return "true".equals(text);
    }

    /** The constant that a key names. */
    <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        String text = text(key);
        try {
            return text == null ? otherwise : Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(name + "." + key + ": " + text + " is none of "
                    + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
        }
    }

    /** The duration under a key, as Go spells it or in days. */
    Optional<Duration> duration(String key) {
        String text = text(key);
        return Optional.ofNullable(text)
                .map(value -> days(value)
                        .or(() -> DurationText.parse(value))
                        .orElseThrow(() -> new InvalidSettingException(
                                name + "." + key + ": " + value + " is no duration such as 30d or 12h")));
    }

    /** As {@code 30d}, which Go does not spell. */
    private static Optional<Duration> days(String text) {
        return text.matches("[0-9]{1,5}d")
                ? Optional.of(Duration.ofDays(Integer.parseInt(text.substring(0, text.length() - 1))))
                : Optional.empty();
    }
}
