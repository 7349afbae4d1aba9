package com.laincloud.registry.config;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads settings as what they are to be, or refuses them. */
final class SettingReader {

    private final SettingValues values;

    SettingReader(SettingValues values) {
        this.values = values;
    }

    Optional<String> text(String key) {
        return values.find(key).map(Setting::value);
    }

    /** A setting that has a default. */
    Setting required(String key) {
        return values.find(key).orElseThrow(() -> new InvalidSettingException(key + ": is missing"));
    }

    boolean bool(String key) {
        Setting setting = required(key);
        return switch (setting.value().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw InvalidSettingException.of(setting, "true or false");
        };
    }

    <E extends Enum<E>> E choice(String key, Class<E> type) {
        Setting setting = required(key);
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(setting.value()))
                .findFirst()
                .orElseThrow(() -> InvalidSettingException.of(setting, names(type)));
    }

    private static <E extends Enum<E>> String names(Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    /** What docker/distribution calls logstash is JSON as well. */
    Log.Formatter formatter(String key) {
        return required(key).value().equals("logstash") ? Log.Formatter.JSON : choice(key, Log.Formatter.class);
    }

    long bytes(String key) {
        Setting setting = required(key);
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

    /** A duration as Go spells it, longer than none. */
    Duration duration(String key) {
        Setting setting = required(key);
        return DurationText.parse(setting.value())
                .filter(Duration::isPositive)
                .orElseThrow(() -> InvalidSettingException.of(setting, "a duration such as 168h or 1m30s"));
    }

    /** A list of regular expressions; none if there is no value. */
    List<Pattern> patterns(String key) {
        return values.find(key)
                .map(setting -> list(YamlText.parse(setting.value(), key)).stream()
                        .map(text -> pattern(setting, text))
                        .toList())
                .orElse(List.of());
    }

    private static Pattern pattern(Setting setting, String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw InvalidSettingException.of(setting, "a list of regular expressions, but " + text + " is none");
        }
    }

    /** A list of maps with these columns, as rows of their values; empty if there is no value. */
    List<List<String>> rows(String key, String... columns) {
        return values.find(key)
                .map(setting -> items(YamlText.parse(setting.value(), key))
                        .map(item -> row(setting, item, columns))
                        .toList())
                .orElse(List.of());
    }

    private static Stream<?> items(@Nullable Object list) {
        return list instanceof Collection<?> collection ? collection.stream() : Stream.ofNullable(list);
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

    Path path(String key) {
        Setting setting = required(key);
        try {
            return Path.of(setting.value());
        } catch (InvalidPathException e) {
            throw InvalidSettingException.of(setting, "a path");
        }
    }

    /** The path that the first of several keys has, if any has one. */
    Optional<Path> firstPath(String... keys) {
        return Stream.of(keys).filter(key -> text(key).isPresent()).findFirst().map(this::path);
    }

    Optional<URI> uri(String key) {
        return values.find(key).map(setting -> {
            try {
                URI uri = URI.create(setting.value());
                if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                    return uri;
                }
            } catch (IllegalArgumentException e) {
                // the same answer as for a wrong scheme
            }
            throw InvalidSettingException.of(setting, "an address such as https://registry.example.com");
        });
    }

    List<Network> networks(String key) {
        Setting setting = required(key);
        return list(YamlText.parse(setting.value(), key)).stream()
                .map(text -> Network.of(text)
                        .orElseThrow(
                                () -> InvalidSettingException.of(setting, "a list such as [127.0.0.0/8, \"::1\"]")))
                .toList();
    }

    /** A map of texts: either written as one, or key by key. */
    Map<String, String> map(String section) {
        Map<String, String> map = new LinkedHashMap<>();
        entries(section).forEach((name, value) -> map.put(name, String.join(",", list(value))));
        return map;
    }

    /** A map of lists of texts: either written as one, or key by key. */
    Map<String, List<String>> mapOfLists(String section) {
        Map<String, List<String>> map = new LinkedHashMap<>();
        entries(section).forEach((name, value) -> map.put(name, list(value)));
        return map;
    }

    private Map<String, Object> entries(String section) {
        Map<String, Object> entries = new LinkedHashMap<>();
        values.find(section)
                .ifPresentOrElse(
                        whole -> YamlText.map(whole.value(), section)
                                .forEach((name, value) -> entries.put(String.valueOf(name), value)),
                        () -> values.configured().stream()
                                .filter(setting -> setting.key().startsWith(section + "."))
                                .forEach(setting -> entries.put(
                                        setting.key().substring(section.length() + 1),
                                        Optional.ofNullable(YamlText.parse(setting.value(), setting.key()))
                                                .orElse(""))));
        return entries;
    }

    private static List<String> list(@Nullable Object value) {
        if (value instanceof Iterable<?> items) {
            List<String> list = new ArrayList<>();
            items.forEach(item -> list.add(String.valueOf(item)));
            return list;
        }
        return Stream.ofNullable(value).map(String::valueOf).toList();
    }

    /** @throws InvalidSettingException if anything of a section is configured */
    void refuseIfConfigured(String section, String why) {
        values.configured().stream()
                .filter(setting ->
                        setting.key().equals(section) || setting.key().startsWith(section + "."))
                .findFirst()
                .ifPresent(setting -> {
                    throw new InvalidSettingException(setting.key() + " from " + setting.source() + ": " + why);
                });
    }
}
