package com.laincloud.registry.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Keeps secrets out of logs, tables and answers: the values of secret keys, and passwords in addresses. */
final class Secrets {

    private static final String MASK = "********";

    /** What the last name of a key holds that is a secret, also where the key itself is not one of ours. */
    private static final List<String> SECRET_NAMES = List.of(
            "password",
            "secret",
            "accesskey",
            "accountkey",
            "apikey",
            "licensekey",
            "credentials",
            "connectionstring",
            "token");

    private static final Pattern USER_INFORMATION = Pattern.compile("(://[^/@:\\s]*):[^/@\\s]+@");
    private static final Pattern PARAMETER =
            Pattern.compile("(?i)((?:password|passwd|secret|token|sslpassword)\\s*[=:]\\s*)[^&;,}\\s]+");

    private Secrets() {}

    /** A value as it may be shown. */
    static String masked(String key, String value) {
        if (value.isEmpty()) {
            return value;
        }
        if (isSecret(key)) {
            return MASK;
        }
        String withoutUsers = USER_INFORMATION.matcher(value).replaceAll("$1:" + MASK + "@");
        return PARAMETER.matcher(withoutUsers).replaceAll("$1" + MASK);
    }

    private static boolean isSecret(String key) {
        return KeyTable.HONOURED.find(key).map(Key::isSecret).orElseGet(() -> {
            String name = key.substring(key.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            return SECRET_NAMES.stream().anyMatch(name::contains);
        });
    }
}
