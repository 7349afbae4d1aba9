package com.laincloud.registry.audit;

import com.laincloud.registry.oci.RepositoryName;
import java.util.Optional;

/**
 * Something that a caller was not allowed to do.
 *
 * @param repository the one they wanted to do it to, if to one
 * @param scope what they would have needed: {@code repository:library/debian:pull,push}
 * @param detail why, in a sentence
 */
public record Denial(Optional<RepositoryName> repository, String scope, Reason reason, String detail) {

    /** Why something is denied to a caller that showed credentials. */
    public enum Reason {
        WRONG_PASSWORD("wrong password"),
        INVALID_TOKEN("invalid token"),
        INSUFFICIENT_SCOPE("insufficient scope");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** How the database spells it. */
        String words() {
            return words;
        }

        /** Whether it is known who was denied. */
        boolean isOfKnownCaller() {
            return this == INSUFFICIENT_SCOPE;
        }
    }
}
