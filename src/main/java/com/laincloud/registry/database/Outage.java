package com.laincloud.registry.database;

import jakarta.resource.ResourceException;
import java.sql.SQLException;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;

/**
 * A failure of the way to the database, and not of what was asked: the connection broke or could not be made (SQL states of
 * class 08), the server ends or begins (57P), or it became a standby, which changes nothing (25006).
 */
public final class Outage {

    private static final String STANDBY = "25006";

    private Outage() {}

    /** Whether one is behind this failure. */
    public static boolean isBehind(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(Outage::isOne);
    }

    private static boolean isOne(Throwable cause) {
        if (cause instanceof SQLException sql && sql.getSQLState() != null) {
            String state = sql.getSQLState();
            return state.startsWith("08") || state.startsWith("57P") || state.equals(STANDBY);
        }
        return cause instanceof XAException || cause instanceof ResourceException;
    }
}
