package com.laincloud.registry.auth;

import com.laincloud.registry.audit.Denial.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Credentials that prove nothing, or their absence. */
@SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
public class RefusedException extends RuntimeException {

    private static final int MAX_NAME = 255;

    private final @Nullable Reason reason;
    private final @Nullable String claimedName;

    private RefusedException(@Nullable Reason reason, String detail, @Nullable String claimedName) {
        super(detail, null, false, false);
        this.reason = reason;
        this.claimedName = claimedName;
    }

    /** There were none, or none of a kind that is configured. */
    public static RefusedException withoutCredentials() {
        return new RefusedException(null, "no credentials were sent", null);
    }

    /** A token that says nothing that can be believed. */
    public static RefusedException invalidToken(String fault) {
        return new RefusedException(Reason.INVALID_TOKEN, fault, null);
    }

    /** A wrong name or a wrong password. The client is not told which of them is wrong. */
    public static RefusedException wrongPassword(String name) {
        String shown = name.codePoints()
                .limit(MAX_NAME)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return new RefusedException(Reason.WRONG_PASSWORD, "the user name or the password is wrong", shown);
    }

    /** What is wrong with them; null if there were none. */
    public @Nullable Reason reason() {
        return reason;
    }

    /** What is wrong, in a sentence that may be sent to the client. */
    public String detail() {
        return Optional.ofNullable(getMessage()).orElse("");
    }

    /** Who the client said to be, without proof. */
    public @Nullable String claimedName() {
        return claimedName;
    }
}
