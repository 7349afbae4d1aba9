package com.laincloud.registry.database;

import com.laincloud.registry.database.embedded.EmbeddedDatabaseException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the database's schema to this version of the registry, by the scripts under {@code db/migration}. Several
 * registries that start on one database at once take turns.
 */
public final class Migration {

    private final DataSource database;

    /** Of the schema in {@code database}, which is no pool of the container: a migration is no part of its transactions. */
    public Migration(DataSource database) {
        this.database = database;
    }

    /**
     * Runs the scripts the database has not seen yet.
     *
     * @throws EmbeddedDatabaseException if the database cannot be reached, or a script fails; in one line
     */
    public void migrate() {
        requireConnection();
        try {
            Flyway.configure(Migration.class.getClassLoader())
                    .dataSource(database)
                    .locations("classpath:db/migration")
                    .schemas("registry")
                    .defaultSchema("registry")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new EmbeddedDatabaseException("database: the schema cannot be migrated: " + firstLine(e), e);
        }
    }

    private void requireConnection() {
        try (Connection connection = database.getConnection()) {
            connection.getMetaData();
        } catch (SQLException | IllegalArgumentException e) {
            throw new EmbeddedDatabaseException("database.url: cannot connect: " + firstLine(e), e);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage())
                .lines()
                .map(String::strip)
                .reduce((a, b) -> a + " " + b)
                .orElse("");
    }
}
