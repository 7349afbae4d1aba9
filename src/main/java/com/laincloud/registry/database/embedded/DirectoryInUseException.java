package com.laincloud.registry.database.embedded;

/** Another process has the directory of the embedded database: a registry, or a command that works on its data. */
@SuppressWarnings("serial") // never serialised: it ends as a line on the terminal
public class DirectoryInUseException extends EmbeddedDatabaseException {

    DirectoryInUseException(String message) {
        super(message);
    }
}
