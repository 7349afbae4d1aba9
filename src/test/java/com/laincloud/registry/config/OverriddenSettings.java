package com.laincloud.registry.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Some settings, and the defaults. */
public record OverriddenSettings(Map<String, String> values, SettingValues defaults) implements SettingValues {

    public OverriddenSettings(Map<String, String> values) {
        this(values, new ProcessSettingValues());
    }

    @Override
    public Optional<Setting> find(String key) {
        return values.containsKey(key) ? Optional.of(ofTest(key)) : defaults.find(key);
    }

    private Setting ofTest(String key) {
        return new Setting(key, values.getOrDefault(key, ""), "the test", 1000);
    }

    @Override
    public List<Setting> configured() {
        return Stream.concat(
                        values.keySet().stream().map(this::ofTest),
                        defaults.configured().stream().filter(setting -> !values.containsKey(setting.key())))
                .toList();
    }
}
