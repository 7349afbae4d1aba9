package com.laincloud.registry.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is configured in vain, so that nobody believes it to have an effect. */
public final class SettingWarnings {

    /** Sections whose keys are free to choose. */
    private static final List<String> OPEN_SECTIONS = List.of("http.headers.", "log.fields.");

    /** Variables and properties of ours that are no settings. */
    private static final Set<String> NO_SETTINGS = Set.of(
            "version",
            "java.opts",
            "configuration.path",
            "state",
            "failure",
            "runtime",
            "instance",
            "storage",
            "auth",
            "database.binaries",
            "database.embedded");

    private SettingWarnings() {}

    /** One line for each key that has no effect, with its source and the reason. */
    public static List<String> of(SettingValues values) {
        return values.configured().stream()
                .flatMap(setting -> warning(setting).stream())
                .sorted()
                .distinct()
                .toList();
    }

    private static Optional<String> warning(Setting setting) {
        String key = setting.key();
        if (KeyTable.DEFAULTS.has(SettingValues.PREFIX + key)
                || NO_SETTINGS.contains(key)
                || OPEN_SECTIONS.stream().anyMatch(key::startsWith)
                || isAloneInItsSection(key)) {
            return Optional.empty();
        }
        String reason = KeyTable.NOT_HONOURED
                .nearest(key)
                .map(why -> "has no effect here: " + why)
                .orElse("is no key of this registry");
        return Optional.of("setting " + key + " from " + setting.source() + " " + reason);
    }

    /** A driver or a provider whose section is empty. */
    private static boolean isAloneInItsSection(String key) {
        return key.equals("storage.inmemory") || key.equals("storage.filesystem") || key.equals("auth.none");
    }
}
