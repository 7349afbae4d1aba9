package com.laincloud.registry.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of docker/distribution that do nothing here, and why, as {@code not-honoured.properties} has them; a key stands
 * for all beneath it.
 */
record Unsupported(Map<String, String> reasons) {

    static final Unsupported KEYS = load("/com/laincloud/registry/config/not-honoured.properties");

    private static Unsupported load(String resource) {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (String line : KeyTable.lines(resource)) {
            int equals = line.indexOf('=');
            if (!line.startsWith("#") && equals > 0) {
                reasons.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return new Unsupported(Collections.unmodifiableMap(reasons));
    }

    /** Why a key does nothing: the reason of the nearest section it is in. */
    Optional<String> reason(String key) {
        for (String section = key;
                !section.isEmpty();
                section = section.substring(0, Math.max(0, section.lastIndexOf('.')))) {
            String reason = reasons.get(section);
            if (reason != null) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
