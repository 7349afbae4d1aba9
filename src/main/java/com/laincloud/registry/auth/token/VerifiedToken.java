package com.laincloud.registry.auth.token;

import com.laincloud.registry.auth.Scope;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.jwt.Claims;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/**
 * A token whose signature, times, issuer and audience were verified.
 *
 * @param raw as it was sent
 * @param subject whom it is about; null if it names no subject
 * @param claims all that it says; a claim that MicroProfile JWT knows has the type that it gives it
 * @param granted what its subject may do
 * @param until when it stops to be valid, leeway included
 */
record VerifiedToken(
        String raw, @Nullable String subject, Map<String, Object> claims, Set<Scope> granted, Instant until)
        implements JsonWebToken {

    /** What is injected where no token was sent: it says nothing, as MicroProfile JWT wants it. */
    static final VerifiedToken NONE = new VerifiedToken("", null, Map.of(), Set.of(), Instant.MIN);

    boolean grants(Scope wanted) {
        return wanted.isAmong(granted);
    }

    @Override
    public @Nullable String getName() {
        return subject;
    }

    @Override
    public Set<String> getClaimNames() {
        return claims.keySet();
    }

    /** Absent claims of numbers are 0, because MicroProfile's accessors of them cannot say that there is none. */
    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as MicroProfile declares it
    public <T> @Nullable T getClaim(String name) {
        Object claim = name.equals(Claims.raw_token.name()) ? raw : claims.get(name);
        if (claim == null && (name.equals(Claims.exp.name()) || name.equals(Claims.iat.name()))) {
            claim = 0L;
        }
        return (T) claim;
    }

    /** Without the token itself: a reader of the log could use it. */
    @Override
    public String toString() {
        return "VerifiedToken[subject=" + subject + ", granted=" + granted + ", until=" + until + "]";
    }
}
