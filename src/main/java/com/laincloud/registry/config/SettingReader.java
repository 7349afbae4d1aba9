package com.laincloud.registry.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads settings by their keys as what they are to be ({@link SettingFormat}), or refuses them. */
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
        return SettingFormat.bool(required(key));
    }

    <E extends Enum<E>> E choice(String key, Class<E> type) {
        return SettingFormat.choice(required(key), type);
    }

    /** What docker/distribution calls logstash is JSON as well. */
    Log.Formatter formatter(String key) {
        return required(key).value().equals("logstash") ? Log.Formatter.JSON : choice(key, Log.Formatter.class);
    }

    /** As docker/distribution has it: {@code loglevel} counts where {@code log.level} is not configured. */
    Log.Level level() {
        boolean isConfigured =
                values.configured().stream().anyMatch(setting -> setting.key().equals("log.level"));
        Setting setting =
                isConfigured ? required("log.level") : values.find("loglevel").orElseGet(() -> required("log.level"));
        return SettingFormat.choice(setting, Log.Level.class);
    }

    /** What has only one value that can be used. */
    void only(String key, String value) {
        Setting setting = required(key);
        if (!setting.value().equals(value)) {
            throw InvalidSettingException.of(setting, value);
        }
    }

    long bytes(String key) {
        return SettingFormat.bytes(required(key));
    }

    /** A number of at least 1. */
    int count(String key) {
        return SettingFormat.count(required(key));
    }

    Duration duration(String key) {
        return SettingFormat.duration(required(key));
    }

    Optional<Duration> optionalDuration(String key) {
        return values.find(key).map(SettingFormat::duration);
    }

    Optional<Duration> optionalInterval(String key) {
        return values.find(key).map(SettingFormat::interval);
    }

    /** What goes by moments or at intervals, but not by both. */
    Optional<Schedule> optionalSchedule(String key, String intervalKey) {
        Optional<Setting> setting = values.find(key);
        if (setting.isPresent() && values.find(intervalKey).isPresent()) {
            throw InvalidSettingException.of(setting.get(), "empty where " + intervalKey + " is set");
        }
        return setting.map(SettingFormat::schedule);
    }

    /** A duration as Go spells it, longer than none. */
    Duration interval(String key) {
        return SettingFormat.interval(required(key));
    }

    Path path(String key) {
        return SettingFormat.path(required(key));
    }

    Optional<Path> optionalPath(String key) {
        return values.find(key).map(SettingFormat::path);
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
        return values.find(key).map(SettingFormat::uri);
    }

    /** Addresses of servers, as a list or separated by commas; none if there is no value. */
    List<URI> endpoints(String key) {
        return values.find(key).map(SettingFormat::endpoints).orElse(List.of());
    }

    List<Network> networks(String key) {
        return values.find(key).map(SettingFormat::networks).orElse(List.of());
    }

    /** A list of texts, or a single one; empty if it is not configured. */
    List<String> list(String key) {
        return values.find(key).map(SettingFormat::list).orElse(List.of());
    }

    /** A list of regular expressions; none if there is no value. */
    List<Pattern> patterns(String key) {
        return values.find(key).map(SettingFormat::patterns).orElse(List.of());
    }

    /** A list of maps with these columns, as rows of their values; empty if there is no value. */
    List<List<String>> rows(String key, String... columns) {
        return values.find(key)
                .map(setting -> SettingFormat.rows(setting, columns))
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
                map.put(setting.key().substring(section.length() + 1), SettingFormat.list(setting));
            }
        }
        return map;
    }
}
