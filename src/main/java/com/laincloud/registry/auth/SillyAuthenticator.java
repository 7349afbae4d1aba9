package com.laincloud.registry.auth;

import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.config.Auth;
import java.util.Collection;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Believes anything, but wants to be told something: for tests of clients. */
public final class SillyAuthenticator implements Authenticator {

    private static final String SILLY = "silly";

    private final Auth.Silly configured;

    public SillyAuthenticator(Auth.Silly configured) {
        this.configured = configured;
    }

    @Override
    public Caller authenticate(@Nullable String authorization, @Nullable String address) {
        if (authorization == null || authorization.isBlank()) {
            throw RefusedException.withoutCredentials();
        }
        return Caller.trusted(SILLY, SILLY);
    }

    @Override
    public String challenge(Collection<Scope> wanted, @Nullable Reason reason, UnaryOperator<String> addresses) {
        return Challenge.bearer(configured.realm(), configured.service(), wanted, reason);
    }
}
