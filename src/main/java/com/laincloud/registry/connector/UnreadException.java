package com.laincloud.registry.connector;

import java.io.IOException;

/** A client does not read what is written to it, or has gone; its connection is closed. There is no one to tell. */
@SuppressWarnings("serial") // never serialised: it ends with the request
public final class UnreadException extends IOException {

    UnreadException() {
        super("the client does not read its answer");
    }

    /** Where it was thrown does not matter, and there may be thousands. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
