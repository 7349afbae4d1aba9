package com.laincloud.registry.collection;

import com.laincloud.registry.audit.RestoreEvents;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.CommandDatabase;
import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.DeletedRows.Binding;
import com.laincloud.registry.index.IndexedRepository;
import com.laincloud.registry.index.Renaming;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * {@code registry restore}: puts back what was deleted or collected, or tags as they were at a moment. All that is asked for
 * comes back, or nothing does.
 */
public final class RestoreCommand {

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines for people */
    public RestoreCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    private record Target(RepositoryName repository, Optional<Reference> reference) {

        static Target of(String text) {
            try {
                int at = text.indexOf('@');
                int colon = text.lastIndexOf(':');
                if (at > 0) {
                    return new Target(
                            RepositoryName.valueOf(text.substring(0, at)),
                            Optional.of(Digest.valueOf(text.substring(at + 1))));
                }
                return colon > 0
                        ? new Target(
                                RepositoryName.valueOf(text.substring(0, colon)),
                                Optional.of(Tag.valueOf(text.substring(colon + 1))))
                        : new Target(RepositoryName.valueOf(text), Optional.empty());
            } catch (RegistryException e) {
                throw new IllegalArgumentException(
                        text + ": is neither REPOSITORY, REPOSITORY:TAG nor REPOSITORY@DIGEST");
            }
        }
    }

    /**
     * Restores.
     *
     * @param words a repository, a tag of it, or a manifest of it; behind it, if wanted, a moment with its time zone
     * @return false if something of it is gone for ever; nothing was changed then
     * @throws RuntimeException if it cannot be done, in one line
     */
    public boolean run(List<String> words) {
        Target target = Target.of(words.getFirst());
        Optional<Instant> at = words.stream().skip(1).findFirst().map(RestoreCommand::moment);
        if (settings.storage().readOnly()) {
            throw new IllegalStateException("storage.maintenance.readonly.enabled: nothing may be changed");
        }
        DataSource database = CommandDatabase.of(settings.database());
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            Restoration restored =
                    ConnectionTransaction.run(connection, transaction -> restore(transaction, target, at));
            restored.done().forEach(report);
            report.accept(restored.done().size() + " things restored");
            return true;
        } catch (MissingException e) {
            e.missing.forEach(thing -> report.accept(thing + " is gone"));
            report.accept("nothing was restored");
            return false;
        } catch (SQLException e) {
            throw new DatabaseException("the database did not answer: " + e.getMessage(), e);
        }
    }

    private static Instant moment(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("--at: " + text + " is no moment such as 2026-11-30T12:00:00Z");
        }
    }

    /** Ends a transaction that cannot be completed. */
    private static final class MissingException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient List<String> missing;

        MissingException(List<String> missing) {
            this.missing = missing;
        }
    }

    private static Restoration restore(Connection connection, Target target, Optional<Instant> at) throws SQLException {
        IndexedRepository repository = IndexedRepository.find(connection, target.repository())
                .orElseThrow(() -> new IllegalStateException(target.repository() + ": there is no such repository"));
        Restoration restoration = new Restoration(
                connection,
                repository,
                new RestoreEvents(UUID.randomUUID().toString(), System.getProperty("user.name", "")));
        if (at.isPresent()) {
            restoreAsOf(connection, target, at.get(), restoration);
        } else if (target.reference().isEmpty()) {
            restoration.all();
        } else if (target.reference().get() instanceof Tag tag) {
            restoration.tag(tag);
        } else if (target.reference().get() instanceof Digest digest) {
            restoration.manifest(digest);
        }
        if (!restoration.missing().isEmpty()) {
            throw new MissingException(List.copyOf(restoration.missing()));
        }
        return restoration;
    }

    private static void restoreAsOf(Connection connection, Target target, Instant at, Restoration restoration)
            throws SQLException {
        if (Renaming.wasSince(connection, target.repository(), at)) {
            throw new IllegalStateException(target.repository() + " was renamed since " + at
                    + ": audit.tag_history has what its tags named by its name of then; push or release them");
        }
        List<Binding> then = Rows.query(
                connection,
                """
                select tag, digest from audit.tag_history
                where repository = ? and tag = coalesce(?, tag) and since <= ?::timestamptz
                  and (until is null or until > ?::timestamptz) order by tag""",
                row -> new Binding(Tag.valueOf(row.getString(1)), Digest.valueOf(row.getString(2))),
                target.repository().value(),
                target.reference().map(Object::toString).orElse(null),
                at.toString(),
                at.toString());
        if (then.isEmpty()) {
            throw new IllegalStateException("nothing of that name was there at " + at);
        }
        restoration.tags(then);
    }
}
