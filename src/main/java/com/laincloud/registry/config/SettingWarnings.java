package com.laincloud.registry.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Names the configured keys that have no effect, so that the operator learns of them. */
public final class SettingWarnings {

    /** Variables and properties of ours that are no settings. */
    private static final Set<String> NO_SETTINGS = Set.of(
            "java.opts",
            "configuration.path",
            "etcd.asked",
            "state",
            "failure",
            "runtime",
            "instance",
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
        return isNoSetting(setting.key())
                ? Optional.empty()
                : reason(setting)
                        .map(reason -> "setting " + setting.key() + " from " + setting.source() + " " + reason);
    }

    /** Whether a key is a variable or property of ours that configures nothing. */
    static boolean isNoSetting(String key) {
        return NO_SETTINGS.contains(key);
    }

    /** Why a key has no effect; empty if it has. */
    static Optional<String> reason(Setting setting) {
        String key = setting.key();
        if (KeyTable.HONOURED.governing(key).isPresent() || isAloneInItsSection(key)) {
            return Optional.empty();
        }
        return Optional.of(Unsupported.KEYS
                .reason(key)
                .map(why -> "has no effect here: " + why)
                .orElse("is no key of this registry"));
    }

    /** A driver or a provider that is named alone, or whose section is empty. */
    private static boolean isAloneInItsSection(String key) {
        return switch (key) {
            case "storage", "storage.inmemory", "storage.filesystem", "storage.s3", "auth", "auth.none" -> true;
            default -> false;
        };
    }
}
