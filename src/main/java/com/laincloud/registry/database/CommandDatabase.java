package com.laincloud.registry.database;

import com.laincloud.registry.config.Database;
import com.laincloud.registry.config.DatabaseAddress;
import com.laincloud.registry.config.DatabaseAddress.Account;
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
     * Connections to it, as the role that serves. Its schema is that of this version.
     *
     * @throws EmbeddedDatabaseException if it cannot be reached, started or migrated, in one line
     */
    public static DataSource of(Database settings) {
        DatabaseAddress address = settings.address();
        if (address.url().isPresent()) {
            return migrated(
                    connections(address.url().get(), address.owner()),
                    connections(address.url().get(), address.account()));
        }
        Optional<EmbeddedPostgres> own = startUnlessInUse(settings.directory());
        Thread end = new Thread(() -> own.ifPresent(EmbeddedPostgres::close));
        Runtime.getRuntime().addShutdownHook(end); // closed there and nowhere else: a signal may come at any moment
        ConnectionFacts facts = reach(settings.directory());
        return migrated(
                ConfiguredDataSource.of(facts.url(), ConnectionFacts.OWNER, facts.ownerPassword()),
                ConfiguredDataSource.of(facts.url(), ConnectionFacts.APPLICATION, facts.password()));
    }

    private static DataSource migrated(DataSource owner, DataSource application) {
        new Migration(owner, application).migrate();
        return application;
    }

    private static DataSource connections(String url, Account account) {
        return ConfiguredDataSource.of(
                url, account.username().orElse(null), account.password().orElse(null));
    }

    private static Optional<EmbeddedPostgres> startUnlessInUse(Path directory) {
        try {
            return Optional.of(EmbeddedPostgres.start(directory));
        } catch (DirectoryInUseException e) {
            return Optional.empty();
        }
    }

    /** The database in use, which may be only starting, so that what its directory says is still that of the last one. */
    private static ConnectionFacts reach(Path directory) {
        Instant end = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                ConnectionFacts facts = ConnectionFacts.read(directory);
                DataSource database =
                        ConfiguredDataSource.of(facts.url(), ConnectionFacts.OWNER, facts.ownerPassword());
                try (Connection connection = database.getConnection()) {
                    connection.isValid(1);
                    return facts;
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
