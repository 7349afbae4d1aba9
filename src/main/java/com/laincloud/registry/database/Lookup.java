package com.laincloud.registry.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.PGStatement;

/**
 * A query of the hot read paths: one indexed statement, no entity, no transaction of its own. Joins the transaction of
 * the caller where there is one.
 */
public final class Lookup<T> {

    private final DataSource database;
    private final String sql;
    private final Row<T> row;
    private final boolean isPlannedAnew;

    /** How one row of the result becomes a value. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    public Lookup(DataSource database, String sql, Row<T> row) {
        this(database, sql, row, false);
    }

    private Lookup(DataSource database, String sql, Row<T> row, boolean isPlannedAnew) {
        this.database = database;
        this.sql = sql;
        this.row = row;
        this.isPlannedAnew = isPlannedAnew;
    }

    /**
     * A query whose plan is made each time, for what is there then. For one that several indexes can serve: a plan that was
     * made when there was little would be kept.
     */
    public static <T> Lookup<T> plannedAnew(DataSource database, String sql, Row<T> row) {
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
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            if (isPlannedAnew) {
                statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            }
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof String[] texts) {
                    statement.setArray(i + 1, connection.createArrayOf("text", texts));
                } else {
                    statement.setObject(i + 1, parameters[i]);
                }
            }
            try (ResultSet result = statement.executeQuery()) {
                List<T> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(row.read(result));
                }
                return rows;
            }
        } catch (SQLException e) {
            throw new DatabaseException("the database did not answer a look-up", e);
        }
    }
}
