package com.laincloud.registry.request;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What must be true of a thing for a request to change it: {@code If-Match} names what it must be now ({@code *}:
 * anything), {@code If-None-Match} what it must not be ({@code *}: anything, so it must be new). Two clients that build on
 * the same state of a tag cannot overwrite each other's work with it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-preconditions">RFC 9110, preconditions</a>
 */
public record Precondition(
        @Nullable String ifMatch, @Nullable String ifNoneMatch) {

    /** That a request says nothing of. */
    public static final Precondition NONE = new Precondition(null, null);

    /** Whether there is anything to hold. */
    public boolean isPresent() {
        return ifMatch != null || ifNoneMatch != null;
    }

    /**
     * Lets pass where the precondition holds.
     *
     * @param what is to be changed, to be named in the refusal
     * @param current what it is now; empty if it is not there
     * @throws RegistryException {@link ErrorCode#PRECONDITION_FAILED} with the current entity tag
     */
    public void require(Object what, Optional<Digest> current) {
        boolean holds = (ifMatch == null
                        || current.map(digest -> EntityTags.matches(ifMatch, digest))
                                .orElse(false))
                && !current.map(digest -> EntityTags.matches(ifNoneMatch, digest))
                        .orElse(false);
        if (!holds) {
            throw new PreconditionFailedException(what, current);
        }
    }

    @SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
    private static final class PreconditionFailedException extends RegistryException {

        private final Optional<Digest> current;

        PreconditionFailedException(Object what, Optional<Digest> current) {
            super(
                    ErrorCode.PRECONDITION_FAILED,
                    current.map(digest -> what + " is " + digest).orElse(what + " is not there"));
            this.current = current;
        }

        @Override
        public Map<String, String> headers() {
            return current.map(digest -> Map.of("ETag", EntityTags.of(digest))).orElse(Map.of());
        }
    }
}
