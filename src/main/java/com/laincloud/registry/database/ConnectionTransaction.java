package com.laincloud.registry.database;

import java.sql.Connection;
import java.sql.SQLException;

/** A transaction on a connection that the caller has, where there is no container. */
public final class ConnectionTransaction {

    private static final int ATTEMPTS = 20;

    private ConnectionTransaction() {}

    /** Statements of one transaction. They may be run again from the beginning. */
    @FunctionalInterface
    public interface Work<T> {

        /** Runs them. */
        T on(Connection connection) throws SQLException;
    }

    /**
     * Does the work and commits it. Where others came between its statements, it is done again from its beginning.
     *
     * @param connection without automatic commits
     * @throws SQLException if the database fails; nothing of the work is done then
     * @throws RuntimeException what the work throws; nothing of it is done then
     */
    public static <T> T run(Connection connection, Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException e) {
                connection.rollback();
                if (attempt == ATTEMPTS || !Rows.PASSING.contains(String.valueOf(e.getSQLState()))) {
                    throw e;
                }
            } catch (RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }
}
