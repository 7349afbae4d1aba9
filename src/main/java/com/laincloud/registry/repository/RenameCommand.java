package com.laincloud.registry.repository;

import com.laincloud.registry.audit.RenameEvents;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.CommandDatabase;
import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.Renaming;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * {@code registry rename}: gives a repository, or all below a path, another name, whether a registry runs beside it or not. Tags,
 * manifests and blobs stay what they are. Pulls by the old name are served for a while, pushes to it are refused for as long.
 */
public final class RenameCommand {

    private static final String BELOW = "/**";

    /** The state of an exception after a wait for a lock that was too long. */
    private static final String BUSY = "55P03";

    /** Also that a push has just made a repository of the new name, which the next attempt sees. */
    private static final Set<String> PASSING =
            Stream.concat(Rows.PASSING.stream(), Stream.of("23505")).collect(Collectors.toUnmodifiableSet());

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines for people */
    public RenameCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    /**
     * Renames.
     *
     * @param words the old name and the new one, both with {@code /**} behind or none; and for how many seconds the old one leads
     *     to the new one
     * @return true
     * @throws RuntimeException if it cannot be done, in one line; nothing was renamed then
     */
    public boolean run(List<String> words) {
        String previous = words.get(0);
        String next = words.get(1);
        Duration alias = Duration.ofSeconds(Long.parseLong(words.get(2)));
        if (previous.endsWith(BELOW) != next.endsWith(BELOW)) {
            throw new IllegalArgumentException("both names end with /**, or none does");
        }
        if (settings.storage().readOnly()) {
            throw new IllegalStateException("storage.maintenance.readonly.enabled: nothing may be changed");
        }
        DataSource database = CommandDatabase.of(settings.database());
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            Map<RepositoryName, RepositoryName> renamed = ConnectionTransaction.run(
                    connection, PASSING, transaction -> rename(transaction, previous, next, alias));
            renamed.forEach((before, now) -> report.accept(before + " is " + now));
            if (!alias.isZero()) {
                report.accept("those who may pull by an old name can pull all that comes by the new one, for "
                        + alias.toDays() + " days");
            }
            return true;
        } catch (SQLException e) {
            if (BUSY.equals(e.getSQLState())) {
                throw new IllegalStateException("pushes to it are under way, or an import is; try again", e);
            }
            throw new DatabaseException("the database did not answer: " + e.getMessage(), e);
        }
    }

    private static Map<RepositoryName, RepositoryName> rename(
            Connection connection, String previous, String next, Duration alias) throws SQLException {
        Renaming renaming = new Renaming(connection);
        if (renaming.isAdopting()) {
            throw new IllegalStateException("an import is not finished, and knows repositories by their old names");
        }
        boolean isPath = previous.endsWith(BELOW);
        Map<RepositoryName, RepositoryName> names = new LinkedHashMap<>();
        for (RepositoryName name : renaming.lock(path(previous), isPath)) {
            names.put(
                    name,
                    name(path(next) + name.value().substring(path(previous).length())));
        }
        if (names.isEmpty()) {
            throw new IllegalStateException(previous + ": there is no such repository");
        }
        List<String> taken = renaming.taken(List.copyOf(names.values()), List.copyOf(names.keySet()));
        if (!taken.isEmpty()) {
            throw new IllegalStateException(String.join("; ", taken));
        }
        Instant at = renaming.rename(names, alias);
        RenameEvents.record(connection, names, at, UUID.randomUUID().toString(), System.getProperty("user.name", ""));
        return names;
    }

    private static String path(String name) {
        return name.endsWith(BELOW) ? name.substring(0, name.length() - BELOW.length()) : name;
    }

    private static RepositoryName name(String text) {
        try {
            return RepositoryName.valueOf(text);
        } catch (RegistryException e) {
            throw new IllegalArgumentException(text + ": is no name of a repository");
        }
    }
}
