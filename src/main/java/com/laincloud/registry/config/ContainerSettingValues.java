package com.laincloud.registry.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;

/** What MicroProfile Config knows, from all of its sources. */
public final class ContainerSettingValues implements SettingValues {

    private static final int DEFAULTS_ORDINAL = 100;

    private final Config config;

    public ContainerSettingValues(Config config) {
        this.config = config;
    }

    @Override
    public Optional<Setting> find(String key) {
        return setting(key, config.getConfigValue(PREFIX + key));
    }

    @Override
    public List<Setting> configured() {
        List<Setting> settings = new ArrayList<>();
        for (String name : config.getPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                setting(name.substring(PREFIX.length()), config.getConfigValue(name))
                        .ifPresent(settings::add);
            } else if (name.startsWith(ENVIRONMENT_PREFIX)) {
                setting(SettingValues.keyOfVariable(name), config.getConfigValue(name))
                        .ifPresent(settings::add);
            }
        }
        settings.removeIf(setting -> setting.ordinal() <= DEFAULTS_ORDINAL);
        return settings;
    }

    private static Optional<Setting> setting(String key, ConfigValue value) {
        return value.getValue() == null || value.getValue().isEmpty()
                ? Optional.empty()
                : Optional.of(new Setting(key, value.getValue(), value.getSourceName(), value.getSourceOrdinal()));
    }
}
