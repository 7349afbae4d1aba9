package com.laincloud.registry.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

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
        return run(connection, Rows.PASSING, work);
    }

    /**
     * The same, for work that knows more failures that another attempt may not meet.
     *
     * @param passing the SQL states of all of them
     */
    public static <T> T run(Connection connection, Set<String> passing, Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException e) {
                connection.rollback();
                if (attempt == ATTEMPTS || !passing.contains(String.valueOf(e.getSQLState()))) {
                    throw e;
                }
            } catch (RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }
}
