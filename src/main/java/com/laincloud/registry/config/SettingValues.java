package com.laincloud.registry.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is configured, whatever the sources. */
public interface SettingValues {

    /** What all keys begin with. */
    String PREFIX = "registry.";

    /** What all environment variables begin with. */
    String ENVIRONMENT_PREFIX = "REGISTRY_";

    /** The value of a key, from the source that prevails; empty if no source has one. */
    Optional<Setting> find(String key);

    /** Everything that was configured, by whatever source, except the defaults. */
    List<Setting> configured();

    /** The key that an environment variable stands for: {@code REGISTRY_HTTP_ADDR} for {@code http.addr}. */
    static String keyOfVariable(String variable) {
        return variable.substring(ENVIRONMENT_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
    }
}
