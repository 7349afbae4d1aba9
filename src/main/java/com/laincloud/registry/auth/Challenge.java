package com.laincloud.registry.auth;

import com.laincloud.registry.audit.Denial.Reason;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The text of a {@code WWW-Authenticate}, to the byte as docker/distribution writes it, because there are clients that take
 * it apart by hand: at its commas and equals signs, without a blank.
 */
public final class Challenge {

    private Challenge() {}

    /** For a token of a service. */
    public static String bearer(String realm, String service, Collection<Scope> wanted, @Nullable Reason reason) {
        StringBuilder challenge = new StringBuilder("Bearer realm=").append(quoted(realm));
        challenge.append(",service=").append(quoted(service));
        if (!wanted.isEmpty()) {
            challenge.append(",scope=").append(quoted(Scope.join(wanted)));
        }
        if (reason == Reason.INVALID_TOKEN) {
            challenge.append(",error=\"invalid_token\"");
        } else if (reason == Reason.INSUFFICIENT_SCOPE) {
            challenge.append(",error=\"insufficient_scope\"");
        }
        return challenge.toString();
    }

    /** For a name and a password. */
    public static String basic(String realm) {
        return "Basic realm=" + quoted(realm);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
