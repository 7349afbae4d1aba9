package com.laincloud.registry.migration;

import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.index.MigrationRows;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Asks and changes the rows of a move, each time in a transaction of its own. */
final class MigrationTransactions {

    private final DataSource database;

    MigrationTransactions(DataSource database) {
        this.database = database;
    }

    @FunctionalInterface
    interface Question<T> {
        T of(MigrationRows rows) throws SQLException;
    }

    @FunctionalInterface
    interface Change {
        void of(MigrationRows rows) throws SQLException;
    }

    <T> T ask(Question<T> question) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            return ConnectionTransaction.run(connection, transaction -> {
                ConfiguredDataSource.allowScans(transaction);
                return question.of(new MigrationRows(transaction));
            });
        } catch (SQLException e) {
            throw new DatabaseException("the database failed during a move: " + e.getMessage(), e);
        }
    }

    void change(Change change) {
        ask(rows -> {
            change.of(rows);
            return rows;
        });
    }
}
