package com.laincloud.registry.database;

import java.sql.SQLException;

/** The database could not answer; nothing was changed. */
@SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
public class DatabaseException extends RuntimeException {

    public DatabaseException(String message, SQLException cause) {
        super(message, cause);
    }
}
