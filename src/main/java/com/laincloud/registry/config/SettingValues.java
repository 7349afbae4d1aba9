package com.laincloud.registry.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What is configured, whatever the sources. */
public interface SettingValues {

    /** What all keys begin with. */
    String PREFIX = "registry.";

    /** What all environment variables begin with. */
    String ENVIRONMENT_PREFIX = "REGISTRY_";

    /** Keys whose field in docker/distribution, by which variables go, has another name. */
    Map<String, String> FIELD_NAMES = Map.of(
            "health.filecheckers", "health.file",
            "health.httpcheckers", "health.http",
            "health.tcpcheckers", "health.tcp",
            "compatibility.schema1.trustkey", "compatibility.schema1.signingkeyfile",
            "notifications.eventconfig", "notifications.events");

    /** The value of a key, from the source that prevails, or its default; empty if there is none. */
    Optional<Setting> find(String key);

    /** Everything that is configured and prevails, at most once a key; no defaults. */
    List<Setting> configured();

    /**
     * The key that an environment variable stands for: {@code REGISTRY_HTTP_ADDR} for {@code http.addr}. Where
     * docker/distribution goes by the names of its own fields, which are not those of the file, both are understood.
     */
    static String keyOfVariable(String variable) {
        String key = variable.substring(ENVIRONMENT_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
        for (Map.Entry<String, String> field : FIELD_NAMES.entrySet()) {
            if (key.equals(field.getKey()) || key.startsWith(field.getKey() + ".")) {
                return field.getValue() + key.substring(field.getKey().length());
            }
        }
        return key;
    }
}
