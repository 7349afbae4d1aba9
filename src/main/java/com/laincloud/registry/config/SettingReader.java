package com.laincloud.registry.config;

import java.net.URI;
import java.nio.file.Files;
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

    /** YAML has several words for it. */
    boolean bool(String key) {
        Setting setting = required(key);
        return switch (setting.value().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw InvalidSettingException.of(setting, "true or false");
        };
    }

    <E extends Enum<E>> E choice(String key, Class<E> type) {
        return choice(required(key), type);
    }

    private static <E extends Enum<E>> E choice(Setting setting, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(setting.value()))
                .findFirst()
                .orElseThrow(() -> InvalidSettingException.of(setting, "one of " + names(type)));
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
    Duration interval(String key) {
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

    /** A number of at least 1. */
    int count(String key) {
        Setting setting = required(key);
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

    Duration duration(String key) {
        Setting setting = required(key);
        return DurationText.parse(setting.value())
                .orElseThrow(() -> InvalidSettingException.of(setting, "a duration such as 500ms, 10s or 1h30m"));
    }

    /** As docker/distribution has it: {@code loglevel} counts where {@code log.level} is not configured. */
    Log.Level level() {
        boolean isConfigured =
                values.configured().stream().anyMatch(setting -> setting.key().equals("log.level"));
        Setting setting =
                isConfigured ? required("log.level") : values.find("loglevel").orElseGet(() -> required("log.level"));
        return choice(setting, Log.Level.class);
    }

    /** What has only one value that can be used. */
    void only(String key, String value) {
        Setting setting = required(key);
        if (!setting.value().equals(value)) {
            throw InvalidSettingException.of(setting, value);
        }
    }

    Path path(String key) {
        return path(required(key));
    }

    Optional<Path> optionalPath(String key) {
        return values.find(key).map(SettingReader::path);
    }

    private static Path path(Setting setting) {
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

    /** A file that is there now. */
    Path file(String key) {
        Path path = path(key);
        if (!Files.isRegularFile(path)) {
            throw InvalidSettingException.of(required(key), "a file that exists");
        }
        return path;
    }

    Optional<Path> optionalFile(String key) {
        return values.find(key).map(setting -> file(key));
    }

    Optional<URI> uri(String key) {
        return values.find(key)
                .map(setting -> httpAddress(setting.value())
                        .orElseThrow(() -> InvalidSettingException.of(
                                setting, "an address such as https://registry.example.com")));
    }

    /** Addresses of servers, as a list or separated by commas. */
    List<URI> endpoints(String key) {
        Optional<Setting> setting = values.find(key);
        if (setting.isEmpty()) {
            return List.of();
        }
        return list(YamlText.lenient(setting.get().value())).stream()
                .flatMap(text -> Arrays.stream(text.split(",", -1)))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(text -> httpAddress(text)
                        .filter(address -> address.getUserInfo() == null)
                        .orElseThrow(() ->
                                InvalidSettingException.of(setting.get(), "a list such as [http://etcd.lain:4001]")))
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

    List<Network> networks(String key) {
        return values.find(key).map(SettingReader::networks).orElse(List.of());
    }

    private static List<Network> networks(Setting setting) {
        return list(YamlText.lenient(setting.value())).stream()
                .map(text -> Network.of(text)
                        .orElseThrow(
                                () -> InvalidSettingException.of(setting, "a list such as [127.0.0.0/8, \"::1\"]")))
                .toList();
    }

    /** A list of texts, or a single one; empty if it is not configured. */
    List<String> list(String key) {
        return values.find(key)
                .map(setting -> list(YamlText.lenient(setting.value())))
                .orElse(List.of());
    }

    /** A map of texts. */
    Map<String, String> map(String section) {
        Map<String, String> map = new LinkedHashMap<>();
        mapOfLists(section).forEach((name, values) -> map.put(name, String.join(",", values)));
        return map;
    }

    /** A map of lists of texts, or of single ones. */
    Map<String, List<String>> mapOfLists(String section) {
        values.find(section).filter(whole -> !whole.value().equals("{}")).ifPresent(whole -> {
            throw InvalidSettingException.of(whole, "a map such as {name: value}");
        });
        Map<String, List<String>> map = new LinkedHashMap<>();
        for (Setting setting : values.configured()) {
            if (setting.key().startsWith(section + ".")) {
                map.put(setting.key().substring(section.length() + 1), list(YamlText.lenient(setting.value())));
            }
        }
        return map;
    }

    private static List<String> list(@Nullable Object value) {
        if (value instanceof Iterable<?> items) {
            List<String> list = new ArrayList<>();
            items.forEach(item -> list.add(String.valueOf(item)));
            return list;
        }
        return Stream.ofNullable(value).map(String::valueOf).toList();
    }
}
