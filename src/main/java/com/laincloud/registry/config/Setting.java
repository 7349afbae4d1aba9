package com.laincloud.registry.config;

/**
 * A configured value.
 *
 * @param key without the prefix {@code registry.}
 * @param value as it was written; a list or a map is in YAML's flow form
 * @param source the name of the source it is from
 * @param ordinal which source prevails: the one with the highest
 */
public record Setting(String key, String value, String source, int ordinal) {

    /** The value as it may be shown: secrets are not. */
    public String masked() {
        return Secrets.masked(key, value);
    }

    @Override
    public String toString() {
        return key + "=" + masked() + " from " + source;
    }
}
