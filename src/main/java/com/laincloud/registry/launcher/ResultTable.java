package com.laincloud.registry.launcher;

import java.io.PrintStream;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Rows as an aligned table, in the manner of psql: a heading, numbers to the right, and how many rows there are.
 *
 * @param columns the heading
 * @param numeric for each column, whether it holds numbers
 * @param rows as text; null is empty
 */
record ResultTable(List<String> columns, List<Boolean> numeric, List<List<String>> rows) {

    private static final Set<Integer> NUMERIC =
            Set.of(Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.REAL, Types.DOUBLE, Types.NUMERIC, Types.DECIMAL);

    static ResultTable of(ResultSet result) throws SQLException {
        ResultSetMetaData metaData = result.getMetaData();
        List<String> columns = new ArrayList<>();
        List<Boolean> numeric = new ArrayList<>();
        for (int column = 1; column <= metaData.getColumnCount(); column++) {
            columns.add(metaData.getColumnLabel(column));
            numeric.add(NUMERIC.contains(metaData.getColumnType(column)));
        }
        List<List<String>> rows = new ArrayList<>();
        while (result.next()) {
            List<String> row = new ArrayList<>();
            for (int column = 1; column <= columns.size(); column++) {
                String value = result.getString(column);
                row.add(value == null ? "" : value.replaceAll("\\p{Cntrl}", " "));
            }
            rows.add(List.copyOf(row));
        }
        return new ResultTable(List.copyOf(columns), List.copyOf(numeric), List.copyOf(rows));
    }

    void print(PrintStream output) {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            int index = column;
            widths.add(Math.max(
                    columns.get(column).length(),
                    rows.stream().mapToInt(row -> row.get(index).length()).max().orElse(0)));
        }
        output.println(line(columns, widths, false));
        output.println(String.join(
                "+", widths.stream().map(width -> "-".repeat(width + 2)).toList()));
        rows.forEach(row -> output.println(line(row, widths, true)));
        output.println("(" + rows.size() + (rows.size() == 1 ? " row)" : " rows)"));
    }

    private String line(List<String> cells, List<Integer> widths, boolean alignNumbers) {
        List<String> padded = new ArrayList<>();
        for (int column = 0; column < cells.size(); column++) {
            String padding = " ".repeat(widths.get(column) - cells.get(column).length());
            boolean right = alignNumbers && numeric.get(column);
            padded.add(right ? padding + cells.get(column) : cells.get(column) + padding);
        }
        return (" " + String.join(" | ", padded)).stripTrailing();
    }
}
