package com.laincloud.registry.auth.htpasswd;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.security.crypto.bcrypt.BCrypt;

/**
 * A password's bcrypt hash.
 *
 * @param text {@code $2y$}, the cost, {@code $}, salt and hash
 */
record PasswordHash(String text) {

    private static final Pattern FORM = Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-9])\\$[./A-Za-z0-9]{53}");
    private static final int COST_AT = 4;
    private static final int MAX_COST = 17; // as htpasswd itself has it

    /** bcrypt looks at no more than this; a longer password would be as good as its beginning. */
    private static final int MAX_PASSWORD_BYTES = 72;

    /** The hash that a text is; empty if it is none of bcrypt. */
    static Optional<PasswordHash> parse(String text) {
        return Optional.of(text)
                .filter(hash -> FORM.matcher(hash).matches())
                .map(PasswordHash::new)
                .filter(hash -> hash.cost() <= MAX_COST);
    }

    /** A hash of this cost that no known password fits. Its check takes as long as that of another hash of this cost. */
    static PasswordHash ofUnknownName(int cost) {
        return new PasswordHash(String.format(Locale.ROOT, "$2y$%02d$", cost) + ".".repeat(53));
    }

    /** The number of rounds, as a power of two. */
    int cost() {
        return Integer.parseInt(text.substring(COST_AT, COST_AT + 2));
    }

    /** Whether a password can be one at all. */
    static boolean canBe(String password) {
        return password.indexOf('\0') < 0 && password.getBytes(StandardCharsets.UTF_8).length <= MAX_PASSWORD_BYTES;
    }

    /** Whether this is the hash of a password. Takes its time. */
    boolean isOf(String password) {
        return BCrypt.checkpw(password, text);
    }
}
