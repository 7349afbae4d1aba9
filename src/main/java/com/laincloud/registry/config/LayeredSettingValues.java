package com.laincloud.registry.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Several sources, one above the other: each key is the highest's that says something of it, or of a section it is in. */
final class LayeredSettingValues implements SettingValues {

    private final Map<String, Setting> configured = new LinkedHashMap<>();
    private final SettingSource defaults;

    LayeredSettingValues(List<SettingSource> sources) {
        this.defaults = new SettingSource("defaults", SettingSource.DEFAULTS, KeyTable.HONOURED.defaults(), Set.of());
        List<SettingSource> above = new ArrayList<>();
        for (SettingSource source : sources.stream()
                .sorted(Comparator.comparingInt(SettingSource::ordinal).reversed())
                .toList()) {
            source.values().keySet().stream()
                    .filter(key -> above.stream().noneMatch(higher -> higher.hides(key)))
                    .forEach(key -> source.find(key).ifPresent(setting -> configured.put(key, setting)));
            above.add(source);
        }
    }

    @Override
    public Optional<Setting> find(String key) {
        return Optional.ofNullable(configured.get(key)).or(() -> defaults.find(key));
    }

    @Override
    public List<Setting> configured() {
        return List.copyOf(configured.values());
    }
}
