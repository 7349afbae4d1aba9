package com.laincloud.registry.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.config.Database;
import com.laincloud.registry.config.DatabaseAddress;
import com.laincloud.registry.config.ProcessSettingValues;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * {@code registry sql}: puts statements to the database of the running registry and prints what they yield. On the embedded
 * database as the role that may only read the audit schema; on one of {@code registry.database.url}, as the configured user.
 */
final class AuditQuery {

    private final PrintStream output;

    AuditQuery(PrintStream output) {
        this.output = output;
    }

    /** @param query the statements; if there are none, they are read from standard input */
    void run(Optional<String> query) {
        String statements = query.orElseGet(AuditQuery::standardInput);
        try (Connection connection =
                        connect(Settings.read(new ProcessSettingValues()).database());
                Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(statements);
            while (rows || statement.getUpdateCount() >= 0) {
                if (rows) {
                    print(statement.getResultSet());
                }
                rows = statement.getMoreResults();
            }
        } catch (SQLException e) {
            throw new LaunchException("sql: " + String.valueOf(e.getMessage()).replaceAll("\\s*\n\\s*", " "), e);
        }
    }

    private void print(ResultSet rows) throws SQLException {
        ResultTable.of(rows).print(output);
    }

    private static Connection connect(Database database) throws SQLException {
        DatabaseAddress address = database.address();
        if (address.url().isPresent()) {
            return DriverManager.getConnection(
                    address.url().get(),
                    address.account().username().orElse(null),
                    address.account().password().orElse(null));
        }
        ConnectionFacts facts = ConnectionFacts.read(database.directory());
        return DriverManager.getConnection(facts.url(), ConnectionFacts.AUDITOR, facts.auditorPassword());
    }

    private static String standardInput() {
        try {
            return new String(System.in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new LaunchException("sql: cannot read standard input: " + e.getMessage(), e);
        }
    }
}
