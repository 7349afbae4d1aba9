package com.laincloud.registry.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Some settings, and the defaults. */
public record OverriddenSettings(Map<String, String> values, SettingValues defaults) implements SettingValues {

    public OverriddenSettings(Map<String, String> values) {
        this(values, new ProcessSettingValues());
    }

    @Override
    public Optional<Setting> find(String key) {
        return values.containsKey(key)
                ? Optional.of(new Setting(key, values.getOrDefault(key, ""), "the test", 1000))
                : defaults.find(key);
    }

    @Override
    public List<Setting> configured() {
        return defaults.configured();
    }
}
