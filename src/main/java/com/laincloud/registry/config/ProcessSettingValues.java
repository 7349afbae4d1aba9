package com.laincloud.registry.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is configured where there is no container: the same sources, in the same order. */
public final class ProcessSettingValues implements SettingValues {

    private static final int DEFAULTS_ORDINAL = 100;

    private final List<Source> sources;

    /** The sources of this process. */
    public ProcessSettingValues() {
        this(systemProperties(), System.getenv(), ConfigFile.ofProcess());
    }

    ProcessSettingValues(
            Map<String, String> systemProperties, Map<String, String> environment, Optional<ConfigFile> file) {
        List<Source> all = new ArrayList<>();
        all.add(new Source("system properties", 400, prefixed(systemProperties)));
        all.add(new Source("environment", 300, variables(environment)));
        file.ifPresent(
                f -> all.add(new Source(f.path().toString(), ConfigFileSource.ORDINAL, prefixed(f.properties()))));
        all.add(new Source("defaults", DEFAULTS_ORDINAL, prefixed(KeyTable.DEFAULTS.entries())));
        this.sources = List.copyOf(all);
    }

    @Override
    public Optional<Setting> find(String key) {
        return sources.stream().flatMap(source -> source.find(key).stream()).findFirst();
    }

    @Override
    public List<Setting> configured() {
        return sources.stream()
                .filter(source -> source.ordinal > DEFAULTS_ORDINAL)
                .flatMap(source -> source.values.keySet().stream().flatMap(key -> source.find(key).stream()))
                .toList();
    }

    private static Map<String, String> systemProperties() {
        Map<String, String> properties = new TreeMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return properties;
    }

    private static Map<String, String> prefixed(Map<String, String> properties) {
        Map<String, String> values = new TreeMap<>();
        properties.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                values.put(name.substring(PREFIX.length()), value);
            }
        });
        return values;
    }

    private static Map<String, String> variables(Map<String, String> environment) {
        Map<String, String> values = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                values.put(SettingValues.keyOfVariable(name), value);
            }
        });
        return values;
    }

    private record Source(String name, int ordinal, Map<String, String> values) {

        Optional<Setting> find(String key) {
            return Optional.ofNullable(values.get(key))
                    .filter(value -> !value.isEmpty())
                    .map(value -> new Setting(key, value, name, ordinal));
        }
    }
}
