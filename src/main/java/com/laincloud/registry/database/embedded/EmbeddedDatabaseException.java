package com.laincloud.registry.database.embedded;

/** A database that cannot be started or reached, in one line that names the thing and its fault. */
@SuppressWarnings("serial") // never serialised: it ends as a line on the terminal
public class EmbeddedDatabaseException extends RuntimeException {

    public EmbeddedDatabaseException(String message) {
        super(message);
    }

    public EmbeddedDatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
