package com.laincloud.registry.index;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.RepositoryName;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The rows of repositories. */
@Singleton
public class RepositoryRows {

    private final EntityManager entities;
    private final Lookup<Long> id;
    private final Lookup<Long> idToPull;
    private final Lookup<String> current;
    private final Lookup<String> names;

    @Inject
    public RepositoryRows(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.id = new Lookup<>(database, "select id from repository where name = ?", row -> row.getLong(1));
        this.idToPull = new Lookup<>(
                database,
                "select id from cast(? as text) as asked, " + toPull("asked") + " as id where id is not null",
                row -> row.getLong(1));
        this.current = new Lookup<>(database, """
                select r.name from repository_alias a join repository r on r.id = a.repository_id
                where a.name = ? and a.until > now()""", row -> row.getString(1));
        // each is asked for its manifests by itself, so that no plan looks at all manifests for one page;
        // and in the order of one index, which leads a planner to it that believes all manifests to be in one
        // repository
        this.names = new Lookup<>(database, """
                select name from repository r
                where populated and name > ? and (select true from manifest m where m.repository_id = r.id
                                                        order by digest limit 1)
                order by name limit ?""", row -> row.getString(1));
    }

    /**
     * The number of a repository's row as an expression of SQL, for those who pull: by its name, or else by one that it had not
     * long ago, which costs those with the name of today nothing.
     */
    static String toPull(String name) {
        return """
                coalesce((select id from repository where name = %1$s),
                         (select repository_id from repository_alias where name = %1$s and until > now()))""".formatted(name);
    }

    /** The row's number of a repository, if it has a row. */
    public Optional<Long> id(RepositoryName name) {
        return id.first(name.value());
    }

    /** As {@link #id}, for those who pull: also by a name that it had not long ago. */
    public Optional<Long> idToPull(RepositoryName name) {
        return idToPull.first(name.value());
    }

    /** What a repository is called that was called otherwise not long ago. */
    public Optional<RepositoryName> renamed(RepositoryName previous) {
        return current.first(previous.value()).map(RepositoryName::new);
    }

    /** Creates the row of a repository, unless it is there. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void create(RepositoryName name) {
        entities.createNativeQuery("insert into repository (name) values (:name) on conflict do nothing")
                .setParameter("name", name.value())
                .executeUpdate();
    }

    /**
     * The names of repositories that hold manifests, in the order of their bytes.
     *
     * @param last after which name the list begins
     */
    public List<String> names(String last, int limit) {
        return names.all(last, limit);
    }
}
