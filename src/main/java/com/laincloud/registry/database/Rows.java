package com.laincloud.registry.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Statements of SQL and the rows they yield. Many rows go into one statement as columns: arrays that the statement
 * unnests.
 */
public final class Rows {

    /** The state of an exception that asks for another attempt of the whole transaction. */
    public static final String TRY_AGAIN = "40001";

    /**
     * The states of exceptions that another attempt of the whole transaction may not meet: a deadlock, {@link #TRY_AGAIN}, and a
     * reference to a row that has gone meanwhile.
     */
    public static final Set<String> PASSING = Set.of("40P01", TRY_AGAIN, "23503");

    private static final int FETCHED_AT_ONCE = 1_000;

    private Rows() {}

    /** How a row of a result becomes a value. */
    @FunctionalInterface
    public interface Read<T> {
        T from(ResultSet row) throws SQLException;
    }

    /** A column of text. */
    public static <T> java.sql.Array texts(
            Connection connection, Collection<T> rows, Function<T, @Nullable Object> value) throws SQLException {
        return connection.createArrayOf(
                "text",
                rows.stream()
                        .map(row -> {
                            Object text = value.apply(row);
                            return text == null ? null : text.toString();
                        })
                        .toArray(String[]::new));
    }

    public static <T> java.sql.Array numbers(Connection connection, Collection<T> rows, Function<T, Long> value)
            throws SQLException {
        return connection.createArrayOf("int8", rows.stream().map(value).toArray(Long[]::new));
    }

    public static <T> java.sql.Array truths(Connection connection, Collection<T> rows, Function<T, Boolean> value)
            throws SQLException {
        return connection.createArrayOf("bool", rows.stream().map(value).toArray(Boolean[]::new));
    }

    public static <T> java.sql.Array times(Connection connection, Collection<T> rows, Function<T, Instant> value)
            throws SQLException {
        return connection.createArrayOf(
                "timestamptz",
                rows.stream().map(row -> value.apply(row).toString()).toArray(String[]::new));
    }

    public static <T> java.sql.Array bytes(Connection connection, Collection<T> rows, Function<T, byte[]> value)
            throws SQLException {
        return connection.createArrayOf("bytea", rows.stream().map(value).toArray(byte[][]::new));
    }

    /**
     * What a statement yields that is a transaction of its own, or joins that of the caller where there is one.
     *
     * @throws DatabaseException if the database cannot answer
     */
    public static <T> List<T> query(DataSource database, String sql, Read<T> read, @Nullable Object... parameters) {
        try (Connection connection = database.getConnection()) {
            return query(connection, sql, read, parameters);
        } catch (SQLException e) {
            throw new DatabaseException("the database did not answer: " + e.getMessage(), e);
        }
    }

    /** What a query, or a statement with {@code returning}, yields. */
    public static <T> List<T> query(Connection connection, String sql, Read<T> read, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            return all(statement, read);
        }
    }

    /** What is done with a row of a result. */
    @FunctionalInterface
    public interface Use {
        void of(ResultSet row) throws SQLException;
    }

    /** As {@link #query}, for a result that is not to be in memory as a whole: needs a transaction. */
    public static void each(Connection connection, String sql, Use use, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            statement.setFetchSize(FETCHED_AT_ONCE);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    use.of(result);
                }
            }
        }
    }

    static <T> List<T> all(PreparedStatement statement, Read<T> read) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(read.from(result));
            }
            return rows;
        }
    }

    /** Runs a statement. Returns how many rows it changed. */
    public static int update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    static PreparedStatement prepare(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] instanceof String[] texts) {
                statement.setArray(i + 1, connection.createArrayOf("text", texts));
            } else {
                statement.setObject(i + 1, parameters[i]);
            }
        }
        return statement;
    }
}
