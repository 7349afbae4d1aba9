package com.laincloud.registry.auth;

import com.laincloud.registry.audit.Denial.Reason;
import java.util.Collection;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Asks nobody who they are, and lets everybody do everything. Whatever credentials somebody sends are not looked at. */
public final class OpenAuthenticator implements Authenticator {

    @Override
    public Caller authenticate(@Nullable String authorization, @Nullable String address) {
        return Caller.ANYBODY;
    }

    @Override
    public String challenge(Collection<Scope> wanted, @Nullable Reason reason, UnaryOperator<String> addresses) {
        return Challenge.basic(""); // somebody was refused just before the settings said that nobody is any more
    }
}
