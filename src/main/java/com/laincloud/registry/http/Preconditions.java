package com.laincloud.registry.http;

import com.laincloud.registry.request.Precondition;
import jakarta.ws.rs.core.HttpHeaders;

/** Reads the condition of a request from its headers. */
public final class Preconditions {

    private Preconditions() {}

    /** The precondition of a request; its header lines may be several. */
    public static Precondition of(HttpHeaders headers) {
        return new Precondition(
                headers.getHeaderString(HttpHeaders.IF_MATCH), headers.getHeaderString(HttpHeaders.IF_NONE_MATCH));
    }
}
