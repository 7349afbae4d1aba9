package com.laincloud.registry.config;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the text of a setting may be, and what it is then. Each method refuses what is not of its format, and says what is. */
final class SettingFormat {

    private SettingFormat() {}

    /** YAML has several words for it. */
    static boolean bool(Setting setting) {
        return switch (setting.value().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw InvalidSettingException.of(setting, "true or false");
        };
    }

    static <E extends Enum<E>> E choice(Setting setting, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> word(constant).equals(setting.value()))
                .findFirst()
                .orElseThrow(() -> InvalidSettingException.of(
                        setting,
                        "one of "
                                + Arrays.stream(type.getEnumConstants())
                                        .map(SettingFormat::word)
                                        .collect(Collectors.joining(", "))));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static long bytes(Setting setting) {
        try {
            long bytes = Long.parseLong(setting.value());
            if (bytes >= 0) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            // the same answer as for a negative number
        }
        throw InvalidSettingException.of(setting, "a number of bytes");
    }

    /** A number of at least 1. */
    static int count(Setting setting) {
        try {
            int number = Integer.parseInt(setting.value());
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same answer as for a number that is too small
        }
        throw InvalidSettingException.of(setting, "a whole number from 1 to " + Integer.MAX_VALUE);
    }

    static Duration duration(Setting setting) {
        return DurationText.parse(setting.value())
                .orElseThrow(() -> InvalidSettingException.of(setting, "a duration such as 500ms, 10s or 1h30m"));
    }

    /** A duration as Go spells it, longer than none. */
    static Duration interval(Setting setting) {
        return DurationText.parse(setting.value())
                .filter(Duration::isPositive)
                .orElseThrow(() -> InvalidSettingException.of(setting, "a duration such as 168h or 1m30s"));
    }

    static Schedule schedule(Setting setting) {
        try {
            return new Schedule(setting.value());
        } catch (IllegalArgumentException e) {
            throw InvalidSettingException.of(
                    setting, "minute, hour, day, month and weekday of moments that come, such as 0 4 * * 6");
        }
    }

    static Path path(Setting setting) {
        try {
            return Path.of(setting.value());
        } catch (InvalidPathException e) {
            throw InvalidSettingException.of(setting, "a path");
        }
    }

    static URI uri(Setting setting) {
        return httpAddress(setting.value())
                .orElseThrow(
                        () -> InvalidSettingException.of(setting, "an address such as https://registry.example.com"));
    }

    /** Addresses of servers, as a list or separated by commas. */
    static List<URI> endpoints(Setting setting) {
        return list(setting).stream()
                .flatMap(text -> Arrays.stream(text.split(",", -1)))
                .map(String::strip)
                .filter(Predicate.not(String::isEmpty))
                .map(text -> httpAddress(text)
                        .filter(address -> address.getUserInfo() == null)
                        .orElseThrow(
                                () -> InvalidSettingException.of(setting, "a list such as [http://etcd.lain:4001]")))
                .toList();
    }

    private static Optional<URI> httpAddress(String text) {
        try {
            URI uri = URI.create(text);
            return Optional.of(uri)
                    .filter(address -> address.getHost() != null
                            && ("http".equals(address.getScheme()) || "https".equals(address.getScheme())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static List<Network> networks(Setting setting) {
        return list(setting).stream()
                .map(text -> Network.of(text)
                        .orElseThrow(
                                () -> InvalidSettingException.of(setting, "a list such as [127.0.0.0/8, \"::1\"]")))
                .toList();
    }

    /** A list of texts, or a single one. */
    static List<String> list(Setting setting) {
        return texts(YamlText.lenient(setting.value()));
    }

    /** A list of regular expressions. */
    static List<Pattern> patterns(Setting setting) {
        return texts(YamlText.parse(setting.value(), setting.key())).stream()
                .map(text -> pattern(setting, text))
                .toList();
    }

    private static Pattern pattern(Setting setting, String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw InvalidSettingException.of(setting, "a list of regular expressions, but " + text + " is none");
        }
    }

    private static List<String> texts(@Nullable Object value) {
        if (value instanceof Iterable<?> items) {
            List<String> list = new ArrayList<>();
            items.forEach(item -> list.add(String.valueOf(item)));
            return list;
        }
        return Stream.ofNullable(value).map(String::valueOf).toList();
    }

    /** A list of maps with these columns, as rows of their values. */
    static List<List<String>> rows(Setting setting, String... columns) {
        Object list = YamlText.parse(setting.value(), setting.key());
        Stream<?> items = list instanceof Collection<?> collection ? collection.stream() : Stream.ofNullable(list);
        return items.map(item -> row(setting, item, columns)).toList();
    }

    private static List<String> row(Setting setting, Object item, String... columns) {
        List<String> row = new ArrayList<>();
        for (String column : columns) {
            Object value = item instanceof Map<?, ?> entries ? entries.get(column) : null;
            if (value == null) {
                throw InvalidSettingException.of(setting, "a list of maps with " + String.join(" and ", columns));
            }
            row.add(value.toString());
        }
        return row;
    }
}
