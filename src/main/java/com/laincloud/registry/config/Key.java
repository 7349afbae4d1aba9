package com.laincloud.registry.config;

import java.util.Locale;
import java.util.Set;

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

    private static final Set<String> OF_SERVER = Set.of("http.addr", "http.host", "log.fields");

    /** Whether its entries are keys of their own, which the operator may choose. */
    boolean isMap() {
        return type.equals("map");
    }

    boolean isList() {
        return type.equals("list");
    }

    /** Whether its value must never be shown. */
    boolean isSecret() {
        return type.equals("secret");
    }

    /** Whether it may be another one on each of several servers that are one registry: an address, a path, a name. */
    boolean isOfServer() {
        return type.equals("path") || OF_SERVER.contains(name);
    }

    /** The environment variable that sets it. */
    String variable() {
        return SettingValues.ENVIRONMENT_PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}
