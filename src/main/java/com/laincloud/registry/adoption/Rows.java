package com.laincloud.registry.adoption;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Many rows with one statement: columns are arrays that the statement unnests. */
final class Rows {

    private Rows() {}

    /** How a row of a result becomes a value. */
    @FunctionalInterface
    interface Read<T> {
        T from(ResultSet row) throws SQLException;
    }

    /** A column of text. */
    static <T> java.sql.Array texts(Connection connection, Collection<T> rows, Function<T, @Nullable Object> value)
            throws SQLException {
        return connection.createArrayOf(
                "text",
                rows.stream()
                        .map(row -> {
                            Object text = value.apply(row);
                            return text == null ? null : text.toString();
                        })
                        .toArray(String[]::new));
    }

    static <T> java.sql.Array numbers(Connection connection, Collection<T> rows, Function<T, Long> value)
            throws SQLException {
        return connection.createArrayOf("int8", rows.stream().map(value).toArray(Long[]::new));
    }

    static <T> java.sql.Array truths(Connection connection, Collection<T> rows, Function<T, Boolean> value)
            throws SQLException {
        return connection.createArrayOf("bool", rows.stream().map(value).toArray(Boolean[]::new));
    }

    static <T> java.sql.Array times(Connection connection, Collection<T> rows, Function<T, Instant> value)
            throws SQLException {
        return connection.createArrayOf(
                "timestamptz",
                rows.stream().map(row -> value.apply(row).toString()).toArray(String[]::new));
    }

    static <T> java.sql.Array bytes(Connection connection, Collection<T> rows, Function<T, byte[]> value)
            throws SQLException {
        return connection.createArrayOf("bytea", rows.stream().map(value).toArray(byte[][]::new));
    }

    /** What a query, or a statement with {@code returning}, yields. */
    static <T> List<T> query(Connection connection, String sql, Read<T> read, Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters);
                ResultSet result = statement.executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(read.from(result));
            }
            return rows;
        }
    }

    /** Runs a statement. Returns how many rows it changed. */
    static int update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }
}
