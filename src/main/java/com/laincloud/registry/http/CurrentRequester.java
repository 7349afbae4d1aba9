package com.laincloud.registry.http;

import com.laincloud.registry.request.Requester;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;

/** Who sent a request, as an attribute of it: the outermost filter sets it, and authentication replaces it. */
public final class CurrentRequester {

    private static final String ATTRIBUTE = Requester.class.getName();

    private CurrentRequester() {}

    /** Who sent this request. */
    public static Requester of(HttpServletRequest request) {
        return (Requester) Objects.requireNonNull(request.getAttribute(ATTRIBUTE), "the outermost filter sets it");
    }

    /** Says who sent this request. */
    public static void set(HttpServletRequest request, Requester requester) {
        request.setAttribute(ATTRIBUTE, requester);
    }
}
