package com.laincloud.registry.request;

import org.jspecify.annotations.Nullable;

/**
 * Who asks, as far as the registry can tell.
 *
 * @param actor the authenticated name, of which the first 255 characters count; null if the client was not authenticated, or
 *     has no name
 * @param authMethod how the client was authenticated; null if it was not
 * @param address the client's IP address, taken from {@code X-Forwarded-For} behind trusted proxies only
 * @param userAgent what the client calls itself
 * @param requestId what ties the access log, the answer and the event rows together
 */
public record Requester(
        @Nullable String actor,
        @Nullable String authMethod,
        @Nullable String address,
        @Nullable String userAgent,
        String requestId) {

    private static final int MAX_ACTOR = 255;

    /** What a database would not take of a name is left out of it. */
    public Requester {
        if (actor != null) {
            actor = actor.substring(0, Math.min(actor.length(), MAX_ACTOR)).replace('\0', '?');
        }
    }

    /** A client that was not authenticated, or not yet. */
    public Requester(@Nullable String address, @Nullable String userAgent, String requestId) {
        this(null, null, address, userAgent, requestId);
    }

    /** The same, after the client was authenticated. */
    public Requester authenticated(@Nullable String actor, String authMethod) {
        return new Requester(actor, authMethod, address, userAgent, requestId);
    }

    /** The same, where all there is is the name that they said was theirs. */
    public Requester claiming(@Nullable String name) {
        return new Requester(name, authMethod, address, userAgent, requestId);
    }
}
