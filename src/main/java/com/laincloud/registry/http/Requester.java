package com.laincloud.registry.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, as far as the registry can tell.
 *
 * @param actor the authenticated name; null if nobody was authenticated
 * @param address the client's IP address, taken from {@code X-Forwarded-For} behind trusted proxies only
 * @param userAgent what the client calls itself
 * @param requestId what ties the access log, the answer and the event rows together
 */
public record Requester(
        @Nullable String actor,
        @Nullable String address,
        @Nullable String userAgent,
        String requestId) {

    /** The name of the request attribute under which the outermost filter leaves it. */
    public static final String ATTRIBUTE = Requester.class.getName();

    /** Who sent this request. */
    public static Requester of(HttpServletRequest request) {
        return (Requester) Objects.requireNonNull(request.getAttribute(ATTRIBUTE), "the outermost filter sets it");
    }
}
