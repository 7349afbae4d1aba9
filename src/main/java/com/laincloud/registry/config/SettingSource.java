package com.laincloud.registry.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one source says. A value may be YAML: a map at a section is the section's keys. Whatever is said of a section as a
 * whole, be it a map, a word or nothing at all, takes the place of everything that sources below say of the section: this is
 * how {@code REGISTRY_AUTH=} turns authentication off.
 *
 * @param name what to call it
 * @param ordinal the higher, the more it has to say
 * @param values by key, without the prefix; never empty
 * @param replaced keys whose value, and everything beneath, is hidden in the sources below
 */
record SettingSource(String name, int ordinal, Map<String, String> values, Set<String> replaced) {

    static final int SYSTEM_PROPERTIES = 400;
    static final int ETCD = 350;
    static final int ENVIRONMENT = 300;
    static final int FILE = 200;
    static final int DEFAULTS = 100;

    private static final String ALIAS = "storage.s3aws";
    private static final String MEANT = "storage.s3";

    SettingSource {
        Map<String, String> meant = new LinkedHashMap<>();
        values.forEach((key, value) -> meant.put(meant(key), key.equals("storage") ? driverMeant(value) : value));
        values = Collections.unmodifiableMap(meant);
        replaced = replaced.stream().map(SettingSource::meant).collect(Collectors.toUnmodifiableSet());
    }

    /** The newer of two names that docker/distribution has for a driver is the same section. */
    private static String meant(String key) {
        return key.equals(ALIAS) || key.startsWith(ALIAS + ".") ? MEANT + key.substring(ALIAS.length()) : key;
    }

    private static String driverMeant(String driver) {
        return meant("storage." + driver).substring("storage.".length());
    }

    /** Of texts by key, as they were written. */
    static SettingSource of(String name, int ordinal, Map<String, String> texts) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> replaced = new LinkedHashSet<>();
        texts.forEach((written, text) -> {
            String key = meant(written);
            replaced.add(key);
            Optional<Key> known = KeyTable.HONOURED.find(key);
            if (known.isPresent() && !known.get().isMap() && !known.get().isList()) {
                put(key, YamlText.scalar(text), values);
            } else {
                put(key, YamlText.lenient(text), values);
            }
        });
        return new SettingSource(name, ordinal, values, replaced);
    }

    private static void put(String key, Object value, Map<String, String> values) {
        if (value instanceof Map<?, ?> section) {
            section.forEach((name, inner) -> {
                if (inner == null || (inner instanceof Map<?, ?> map && map.isEmpty())) {
                    values.put(key + "." + name, "{}");
                } else {
                    put(key + "." + name, inner, values);
                }
            });
        } else {
            String text = YamlText.flow(value);
            if (!text.isEmpty()) {
                values.put(key, text);
            }
        }
    }

    /** What it says of a key. */
    Optional<Setting> find(String key) {
        return Optional.ofNullable(values.get(key)).map(value -> new Setting(key, value, name, ordinal));
    }

    /** Whether it hides what sources below say of a key. */
    boolean hides(String key) {
        if (values.containsKey(key)) {
            return true;
        }
        for (String section = key;
                !section.isEmpty();
                section = section.substring(0, Math.max(0, section.lastIndexOf('.')))) {
            if (replaced.contains(section)) {
                return true;
            }
        }
        return false;
    }
}
