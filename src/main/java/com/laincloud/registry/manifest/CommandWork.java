package com.laincloud.registry.manifest;

import com.laincloud.registry.access.PushPolicy;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.CommandDatabase;
import com.laincloud.registry.database.CommandSession;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.database.Transaction;
import com.laincloud.registry.index.LinkRows;
import com.laincloud.registry.index.ManifestRows;
import com.laincloud.registry.index.PushRows;
import com.laincloud.registry.index.RepositoryRows;
import com.laincloud.registry.index.TagRows;
import com.laincloud.registry.origin.Origins;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Requester;
import jakarta.persistence.EntityManager;
import java.util.UUID;
import javax.sql.DataSource;

/** The classes that do what requests ask for, put together for a command in a process of its own. */
final class CommandWork implements AutoCloseable {

    private final CommandSession session;
    private final Transaction transaction;
    private final CurrentSettings settings;
    private final Repositories repositories;
    private final ManifestRows manifestRows;
    private final TagRows tagRows;
    private final Events events;
    private final PushPolicy policy;
    private final Origins origins = Origins.none();
    private final Tags tags;

    /** @throws RuntimeException if nothing may be changed, or the database does not answer, in one line */
    CommandWork(Settings configured) {
        if (configured.storage().readOnly()) {
            throw new IllegalStateException("storage.maintenance.readonly.enabled: nothing may be changed");
        }
        if (configured.storage().driver() == Storage.Driver.INMEMORY) {
            throw new IllegalStateException("storage: what is in memory ends with the registry");
        }
        DataSource connections = CommandDatabase.of(configured.database());
        requireImported(connections);
        this.session = new CommandSession(connections);
        EntityManager entities = session.entities();
        DataSource database = session.database();
        this.transaction = session.transaction();
        this.settings = new CurrentSettings(configured);
        this.repositories = new Repositories(new RepositoryRows(entities, database));
        this.manifestRows = new ManifestRows(entities, database);
        this.tagRows = new TagRows(entities, database);
        this.events = Events.ofCommand(entities);
        this.policy = new PushPolicy(settings);
        this.tags = new Tags(tagRows, repositories, events, policy, origins, transaction, settings);
    }

    /** A command brings nothing in from a tree that is being adopted, as requests do. */
    private static void requireImported(DataSource database) {
        if (new Lookup<>(
                        database,
                        "select true from adoption where finished_at is null limit 1",
                        row -> row.getBoolean(1))
                .first()
                .isPresent()) {
            throw new IllegalStateException("an import is not finished, and may still bring what this is about");
        }
    }

    /** Who runs the command, as its events name them. */
    Requester requester() {
        return new Requester(
                System.getProperty("user.name", ""),
                "command",
                null,
                null,
                UUID.randomUUID().toString());
    }

    Releases releases() {
        return new Releases(repositories, tags, manifestRows, tagRows, events, origins, transaction);
    }

    RepositoryDeletion deletion() {
        ManifestLinks links =
                new ManifestLinks(new LinkRows(session.entities(), session.database()), new ManifestRules(settings));
        Manifests manifests = new Manifests(
                manifestRows,
                new PushRows(session.database()),
                tagRows,
                repositories,
                tags,
                links,
                policy,
                events,
                origins,
                transaction,
                settings);
        return new RepositoryDeletion(repositories, tags, manifests, manifestRows);
    }

    @Override
    public void close() {
        session.close();
    }
}
