package com.laincloud.registry.auth;

import com.laincloud.registry.audit.Denial;
import java.util.Collection;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Finds out who is asking, in the way that is configured. */
public interface Authenticator {

    /**
     * Makes sure that callers can be authenticated.
     *
     * @throws UnusableFileException if no caller can be
     */
    default void check() {}

    /**
     * Who sent these credentials.
     *
     * @param authorization the header of this name; null if there was none
     * @param address where they came from
     * @throws RefusedException if they prove nothing
     * @throws UnusableFileException if no caller can be authenticated
     */
    Caller authenticate(@Nullable String authorization, @Nullable String address);

    /**
     * The {@code WWW-Authenticate} of a refusal: how to come back.
     *
     * @param wanted what the request needs
     * @param reason what was wrong with the credentials; null if there were none
     * @param addresses the address, as the client knows it, of a path on this host
     */
    String challenge(Collection<Scope> wanted, Denial.@Nullable Reason reason, UnaryOperator<String> addresses);
}
