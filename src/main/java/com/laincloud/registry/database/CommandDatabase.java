package com.laincloud.registry.database;

import com.laincloud.registry.config.Database;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.DirectoryInUseException;
import com.laincloud.registry.database.embedded.EmbeddedDatabaseException;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The database of the configuration, for a command in a process of its own. If that is the embedded one, it is that of the
 * registry that runs, or one that the command runs itself until the process ends.
 */
public final class CommandDatabase {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private CommandDatabase() {}

    /**
     * Connections to it.
     *
     * @throws EmbeddedDatabaseException if it cannot be reached or started, in one line
     */
    public static DataSource of(Database settings) {
        if (settings.url().isPresent()) {
            return ConfiguredDataSource.of(
                    settings.url().get(),
                    settings.username().orElse(null),
                    settings.password().orElse(null));
        }
        Optional<EmbeddedPostgres> own = startUnlessInUse(settings.directory());
        Thread end = new Thread(() -> own.ifPresent(EmbeddedPostgres::close));
        Runtime.getRuntime().addShutdownHook(end); // closed there and nowhere else: a signal may come at any moment
        return reach(settings.directory());
    }

    private static Optional<EmbeddedPostgres> startUnlessInUse(Path directory) {
        try {
            return Optional.of(EmbeddedPostgres.start(directory));
        } catch (DirectoryInUseException e) {
            return Optional.empty();
        }
    }

    /** The database in use, which may be only starting, so that what its directory says is still that of the last one. */
    private static DataSource reach(Path directory) {
        Instant end = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                ConnectionFacts facts = ConnectionFacts.read(directory);
                DataSource database =
                        ConfiguredDataSource.of(facts.url(), ConnectionFacts.APPLICATION, facts.password());
                try (Connection connection = database.getConnection()) {
                    connection.isValid(1);
                    return database;
                }
            } catch (EmbeddedDatabaseException | SQLException e) {
                if (Instant.now().isAfter(end)) {
                    throw new EmbeddedDatabaseException(
                            "database: the registry that uses " + directory + " cannot be reached: " + e.getMessage(),
                            e);
                }
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
