package com.laincloud.registry.auth.token;

import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.auth.Authenticator;
import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.auth.Challenge;
import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.auth.VerdictCache;
import com.laincloud.registry.auth.WatchedFiles;
import com.laincloud.registry.config.Auth;
import java.net.URI;
import java.time.Clock;
import java.util.Collection;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Lets in who brings a token, as far as the token says. */
public final class TokenAuthenticator implements Authenticator {

    private static final String METHOD = "token";
    private static final String SCHEME = "bearer ";
    private static final int REMEMBERED_TOKENS = 10_000;

    private final Auth.Token configured;
    private final WatchedFiles<Verification> verification;

    public TokenAuthenticator(Auth.Token configured, Clock clock) {
        this.configured = configured;
        this.verification = new WatchedFiles<>(
                "auth.token",
                configured.keyFiles(),
                contents -> new Verification(
                        new TokenVerifier(configured, KeyFiles.read(contents), clock),
                        new VerdictCache<>(REMEMBERED_TOKENS, clock)),
                clock);
    }

    @Override
    public void check() {
        verification.get();
    }

    @Override
    public Caller authenticate(@Nullable String authorization, @Nullable String address) {
        String raw = token(authorization);
        VerifiedToken token = verification.get().of(raw);
        return new Caller(token, METHOD, token::grants);
    }

    /** What is no token at all is as good as nothing: clients that have none yet send {@code Bearer} and no more. */
    private static String token(@Nullable String authorization) {
        String raw =
                authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                        ? authorization.substring(SCHEME.length()).strip()
                        : "";
        if (raw.isEmpty()) {
            throw RefusedException.withoutCredentials();
        }
        return raw;
    }

    @Override
    public String challenge(Collection<Scope> wanted, @Nullable Reason reason, UnaryOperator<String> addresses) {
        String realm = configured
                .autoRedirectPath()
                .map(addresses)
                .orElseGet(() -> configured.realm().map(URI::toString).orElse(""));
        return Challenge.bearer(realm, configured.service(), wanted, reason);
    }

    /** What belongs to the keys of the moment: with other keys, nothing is remembered that these had proven. */
    private record Verification(TokenVerifier verifier, VerdictCache<VerifiedToken> verdicts) {

        VerifiedToken of(String raw) {
            return verdicts.find(raw).orElseGet(() -> {
                VerifiedToken token = verifier.verify(raw);
                verdicts.put(raw, token, token.until());
                return token;
            });
        }
    }
}
