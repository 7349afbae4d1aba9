package com.laincloud.registry.lifecycle;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Database;
import com.laincloud.registry.database.ContainerPool;
import com.laincloud.registry.database.Rows;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** What the start makes of the pool, and what an operator is to know of how the database is set up, one line each. */
@Singleton
public class DatabaseFacts {

    private static final Logger LOGGER = Logger.getLogger(DatabaseFacts.class.getName());

    /** The values of synchronous_commit with which a commit waits for no standby. */
    private static final Set<String> ALONE = Set.of("off", "local");

    private final DataSource database;
    private final CurrentSettings settings;

    @Inject
    public DatabaseFacts(DataSource database, CurrentSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    void limitPool(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartUp startUp) {
        Database configured = settings.get().database();
        ContainerPool.limit(database, configured.mostConnections(), configured.poolWait());
    }

    /** @throws IllegalStateException if commits have to wait for a standby and do not, in one line */
    void require(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartUp startUp) {
        Database configured = settings.get().database();
        if (configured.requiresStandby() || configured.address().url().isPresent()) {
            Durability found = durability();
            if (configured.requiresStandby() && !found.survivesFailover()) {
                throw new IllegalStateException("database.requiresynchronousstandby: " + found.sentence());
            }
            LOGGER.info(found.sentence());
        }
    }

    /** What a commit waits for, as the database has it. */
    record Durability(String standbys, String commit) {

        boolean survivesFailover() {
            return !standbys.isBlank() && !ALONE.contains(commit);
        }

        String sentence() {
            return "a failover of the database " + (survivesFailover() ? "loses nothing" : "can lose the last")
                    + " that was acknowledged: synchronous_standby_names is '" + standbys + "', synchronous_commit is "
                    + commit;
        }
    }

    private Durability durability() {
        return Rows.query(
                        database,
                        "select current_setting('synchronous_standby_names'), current_setting('synchronous_commit')",
                        row -> new Durability(row.getString(1), row.getString(2)))
                .getFirst();
    }

    /** Once this instance is among those that are there. */
    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) StartUp startUp) {
        tooFewConnections(settings.get().database()).ifPresent(LOGGER::warning);
    }

    /** An instance says every ten seconds that it is there: one that has not is gone, and so are its connections. */
    private Optional<String> tooFewConnections(Database configured) {
        return Rows.query(
                        database,
                        """
                        select count(*), sum(coalesce((settings ->> 'database.pool.max')::int, ?)),
                               current_setting('max_connections')::int
                                   - current_setting('superuser_reserved_connections')::int
                        from instance where seen_at > now() - interval '12 seconds'""",
                        row -> List.of(row.getLong(1), row.getLong(2), row.getLong(3)),
                        configured.mostConnections())
                .stream()
                .filter(found -> found.get(1) > found.get(2))
                .map(found -> "database.pool.max: " + found.get(0) + " instances may want " + found.get(1)
                        + " connections, and max_connections of the database leaves " + found.get(2) + " to them")
                .findFirst();
    }
}
