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
    private final Lookup<String> names;

    @Inject
    public RepositoryRows(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.id = new Lookup<>(database, "select id from repository where name = ?", row -> row.getLong(1));
        // each is asked for its manifests by itself, so that no plan looks at all manifests for one page;
        // and in the order of one index, which leads a planner to it that believes all manifests to be in one
        // repository
        this.names = new Lookup<>(database, """
                select name from repository r
                where populated and name > ? and (select true from manifest m where m.repository_id = r.id
                                                        order by digest limit 1)
                order by name limit ?""", row -> row.getString(1));
    }

    /** The row's number of a repository, if it has a row. */
    public Optional<Long> id(RepositoryName name) {
        return id.first(name.value());
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
