package com.laincloud.registry.upload;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;

/** A request's body ended before its time: the client went away, stalled, or announced more than it sent. */
@SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
class TruncatedBodyException extends RegistryException {

    private final long received;

    TruncatedBodyException(long received) {
        super(ErrorCode.SIZE_INVALID, "the body ended after " + received + " bytes");
        this.received = received;
    }

    /** How many bytes came. */
    long received() {
        return received;
    }
}
