package com.laincloud.registry.auth;

import com.laincloud.registry.audit.Denial.Reason;
import java.util.Collection;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Asks for no credentials, and lets every caller do everything. Credentials that a client sends are ignored. */
public final class OpenAuthenticator implements Authenticator {

    @Override
    public Caller authenticate(@Nullable String authorization, @Nullable String address) {
        return Caller.ANONYMOUS;
    }

    @Override
    public String challenge(Collection<Scope> wanted, @Nullable Reason reason, UnaryOperator<String> addresses) {
        return Challenge.basic(""); // a caller was refused just before authentication was turned off
    }
}
