package com.laincloud.registry.database;

import com.laincloud.registry.database.embedded.EmbeddedDatabaseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the database's schema to this version of the registry, by the scripts under {@code db/migration}. Several
 * registries that start on one database at once take turns. Those of before may serve meanwhile: a script waits two seconds for a
 * lock, because all that want the table wait behind it, and is tried again a while later.
 */
public final class Migration {

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final int ATTEMPTS = 20;
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final DataSource owner;
    private final DataSource application;

    /**
     * Neither is a pool of the container: a migration is no part of its transactions.
     *
     * @param owner connections of the role that the schema belongs to
     * @param application connections of the role that serves, which may be the same
     */
    public Migration(DataSource owner, DataSource application) {
        this.owner = owner;
        this.application = application;
    }

    /**
     * Runs the scripts the database has not seen yet, and gives the role that serves the rights it needs.
     *
     * @throws EmbeddedDatabaseException if the database cannot be reached, or a script fails; in one line
     */
    public void migrate() {
        String role = roleOf(application, "database.username");
        roleOf(owner, "database.owner.username");
        Flyway flyway = Flyway.configure(Migration.class.getClassLoader())
                .dataSource(owner)
                .placeholders(Map.of("application", role.replace("'", "''")))
                .locations("classpath:db/migration")
                .schemas("registry")
                .defaultSchema("registry")
                .load();
        for (int attempt = 1; !isDone(flyway, attempt == ATTEMPTS); attempt++) {
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while others kept the schema", e);
            }
        }
    }

    /** Whether all scripts have run; not if others kept a lock, unless this is the last attempt. */
    private static boolean isDone(Flyway flyway, boolean isLast) {
        try {
            flyway.migrate();
            return true;
        } catch (FlywayException e) {
            if (isLast || !waitedForOthers(e)) {
                throw new EmbeddedDatabaseException("database: the schema cannot be migrated: " + firstLine(e), e);
            }
            return false;
        }
    }

    private static boolean waitedForOthers(FlywayException failure) {
        return Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> cause instanceof SQLException sql && LOCK_NOT_AVAILABLE.equals(sql.getSQLState()));
    }

    /** Whether the role that serves has the rights of the owner, and could change the record. */
    public boolean servesAsOwner() {
        return Rows.query(
                        application,
                        "select pg_has_role(current_user, tableowner, 'member') from pg_tables"
                                + " where schemaname = 'registry' and tablename = 'event'",
                        row -> row.getBoolean(1))
                .contains(true);
    }

    private static String roleOf(DataSource database, String setting) {
        try (Connection connection = database.getConnection()) {
            return connection.getMetaData().getUserName();
        } catch (SQLException | IllegalArgumentException e) {
            throw new EmbeddedDatabaseException("database.url: cannot connect as " + setting + ": " + firstLine(e), e);
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
