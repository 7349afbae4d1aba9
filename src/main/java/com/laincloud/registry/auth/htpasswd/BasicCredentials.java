package com.laincloud.registry.auth.htpasswd;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A name and a password.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7617">RFC 7617, the Basic scheme</a>
 */
record BasicCredentials(String name, String password) {

    private static final String SCHEME = "basic ";

    /** Those of an {@code Authorization} header, if it has any. */
    static Optional<BasicCredentials> of(@Nullable String authorization) {
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return Optional.empty();
        }
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(authorization.substring(SCHEME.length()).strip());
            String text = new String(decoded, StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new BasicCredentials(text.substring(0, colon), text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "BasicCredentials[name=" + name + "]";
    }
}
