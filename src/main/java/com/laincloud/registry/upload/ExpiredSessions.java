package com.laincloud.registry.upload;

import com.laincloud.registry.database.Lookup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/** The rows of upload sessions that were given up: touched last so long ago, by the database's clock. */
@Singleton
public class ExpiredSessions {

    private final EntityManager entities;
    private final Lookup<UUID> untouched;
    private final Lookup<UUID> existing;

    @Inject
    public ExpiredSessions(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.untouched = new Lookup<>(database, """
                select id from upload where touched_at <= now() - make_interval(secs => ?)
                order by touched_at limit ?""", ExpiredSessions::id);
        this.existing = new Lookup<>(database, "select id from upload where id = any(?)", ExpiredSessions::id);
    }

    private static UUID id(ResultSet row) throws SQLException {
        return row.getObject(1, UUID.class);
    }

    /** The sessions that nobody has touched for {@code age}, the oldest first. */
    List<UUID> find(Duration age, int limit) {
        return untouched.all(seconds(age), limit);
    }

    /**
     * Ends a session and forgets it, unless it was touched after all or somebody is changing it at this moment.
     *
     * @return whether it was ended
     */
    @Transactional
    boolean end(UUID upload, Duration age) {
        return entities.createNativeQuery("""
                                delete from upload where id in (
                                    select id from upload
                                    where id = :id and touched_at <= now() - make_interval(secs => :seconds)
                                    for update skip locked)""")
                        .setParameter("id", upload)
                        .setParameter("seconds", seconds(age))
                        .executeUpdate()
                > 0;
    }

    /** Those of these uploads that have a session, expired or not. */
    Set<UUID> existing(Collection<UUID> uploads) {
        return new HashSet<>(existing.all((Object) uploads.toArray(UUID[]::new)));
    }

    private static double seconds(Duration age) {
        return age.toMillis() / 1000.0;
    }
}
