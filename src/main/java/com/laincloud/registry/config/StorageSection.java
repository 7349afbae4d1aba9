package com.laincloud.registry.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which storage driver is configured: the one whose section is there ({@code storage: {filesystem: …}}), or that is named
 * alone ({@code storage: inmemory}), which replaces whatever a source that is not above it says.
 */
final class StorageSection {

    private static final Set<String> NO_DRIVERS =
            Set.of("cache", "delete", "redirect", "maintenance", "tag", "verifiedwithin");

    private StorageSection() {}

    /** @throws InvalidSettingException if it is none of ours, or one source names two */
    static Storage.Driver driver(SettingValues values) {
        List<Setting> named = values.configured().stream()
                .filter(setting -> setting.key().equals("storage") || isDriverSection(setting.key()))
                .toList();
        int highest = named.stream().mapToInt(Setting::ordinal).max().orElse(0);
        List<Setting> prevailing =
                named.stream().filter(setting -> setting.ordinal() == highest).toList();
        Optional<Setting> alone = prevailing.stream()
                .filter(setting -> setting.key().equals("storage"))
                .findFirst();
        if (alone.isPresent()) {
            return driver(alone.get(), alone.get().value());
        }
        Map<String, Setting> sections = new TreeMap<>();
        prevailing.forEach(setting -> sections.putIfAbsent(driverOf(setting.key()), setting));
        if (sections.size() > 1) {
            throw new InvalidSettingException(
                    "storage: names several drivers: " + String.join(", ", sections.keySet()));
        }
        return sections.entrySet().stream()
                .map(section -> driver(section.getValue(), section.getKey()))
                .findFirst()
                .orElse(Storage.Driver.FILESYSTEM);
    }

    private static boolean isDriverSection(String key) {
        return key.startsWith("storage.") && !NO_DRIVERS.contains(driverOf(key));
    }

    private static String driverOf(String key) {
        return key.split("\\.", -1)[1];
    }

    private static Storage.Driver driver(Setting setting, String name) {
        return Arrays.stream(Storage.Driver.values())
                .filter(driver -> driver.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() ->
                        InvalidSettingException.of(setting, "of a driver there is: filesystem, s3, oss or inmemory"));
    }
}
