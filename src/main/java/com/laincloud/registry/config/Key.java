package com.laincloud.registry.config;

import java.util.Locale;

/**
 * A setting that there is.
 *
 * @param name without the prefix {@code registry.}
 * @param type what its values are, in words; {@code map}, {@code list} and {@code secret} are also treated as such
 * @param isLive whether a change takes effect at once; otherwise at the next start
 * @param defaultValue empty if there is none
 * @param note what it is for
 */
public record Key(String name, String type, boolean isLive, String defaultValue, String note) {

    /** Whether its entries are keys of their own, which anybody may choose. */
    boolean isMap() {
        return type.equals("map");
    }

    boolean isList() {
        return type.equals("list");
    }

    /** Whether nobody is to see its value. */
    boolean isSecret() {
        return type.equals("secret");
    }

    /** The environment variable that sets it. */
    String variable() {
        return SettingValues.ENVIRONMENT_PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}
