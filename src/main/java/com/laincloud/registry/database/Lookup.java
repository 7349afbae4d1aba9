package com.laincloud.registry.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.PGStatement;

/**
 * A query of the hot read paths: one indexed statement, no entity, no transaction of its own. Joins the transaction of
 * the caller where there is one; is asked again where there is none and the connection broke, so that whatever it changes must
 * bear being done twice.
 */
public final class Lookup<T> {

    private final DataSource database;
    private final String sql;
    private final Rows.Read<T> row;
    private final boolean isPlannedAnew;

    public Lookup(DataSource database, String sql, Rows.Read<T> row) {
        this(database, sql, row, false);
    }

    private Lookup(DataSource database, String sql, Rows.Read<T> row, boolean isPlannedAnew) {
        this.database = database;
        this.sql = sql;
        this.row = row;
        this.isPlannedAnew = isPlannedAnew;
    }

    /**
     * A query whose plan is made each time, for what is there then. For one that several indexes can serve: a plan that was
     * made when there was little would be kept.
     */
    public static <T> Lookup<T> plannedAnew(DataSource database, String sql, Rows.Read<T> row) {
        return new Lookup<>(database, sql, row, true);
    }

    /** The first row, if there is one. */
    public Optional<T> first(Object... parameters) {
        List<T> rows = all(parameters);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    /**
     * All rows.
     *
     * @throws DatabaseException if the database cannot answer
     */
    public List<T> all(Object... parameters) {
        try {
            return Attempts.reading(database, connection -> all(connection, parameters));
        } catch (SQLException e) {
            throw new DatabaseException("the database did not answer a look-up", e);
        }
    }

    private List<T> all(Connection connection, Object... parameters) throws SQLException {
        try (PreparedStatement statement = Rows.prepare(connection, sql, parameters)) {
            if (isPlannedAnew) {
                statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            }
            return Rows.all(statement, row);
        }
    }
}
