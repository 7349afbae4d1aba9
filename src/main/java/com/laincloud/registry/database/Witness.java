package com.laincloud.registry.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A row that tells whether the transaction that wrote it was committed, where its commit got no answer. The number of the
 * transaction cannot tell that alone: after a crash or a failover it may be given to another one.
 *
 * @param transaction its number
 * @param sql a query that yields the row
 * @param parameters of the query
 */
public record Witness(String transaction, String sql, List<Object> parameters) {

    /** Whether the transaction was committed; empty while it may still be. */
    Optional<Boolean> isCommitted(DataSource database) throws SQLException {
        return Attempts.reading(
                database,
                connection -> isRunning(connection)
                        ? Optional.empty()
                        : Optional.of(!Rows.query(connection, sql, row -> true, parameters.toArray())
                                .isEmpty()));
    }

    /** Its server may not have found out that the connection broke, or wait for a standby. A number of the future is unknown. */
    private boolean isRunning(Connection connection) throws SQLException {
        return Rows.query(connection, """
                        select case when ?::xid8 < pg_current_xact_id()
                               then pg_xact_status(?::xid8) = 'in progress' else false end""", row -> row.getBoolean(1), transaction, transaction)
                .contains(true);
    }
}
