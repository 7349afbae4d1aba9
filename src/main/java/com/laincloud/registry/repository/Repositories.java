package com.laincloud.registry.repository;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.Page;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The repositories of this registry. One comes into being with the first thing pushed to it. */
@Singleton
public class Repositories {

    private final EntityManager entities;
    private final Lookup<Long> idByName;
    private final Lookup<String> names;

    @Inject
    public Repositories(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.idByName = new Lookup<>(database, "select id from repository where name = ?", row -> row.getLong(1));
        // a repository without manifests holds nothing that could be pulled, and is not shown; each is asked by itself,
        // so
        // that nobody gets the idea to look at all manifests for one page
        this.names = new Lookup<>(database, """
                select name from repository r
                where populated and name > ? and (select true from manifest m where m.repository_id = r.id limit 1)
                order by name limit ?""", row -> row.getString(1));
    }

    /** The row's number of a repository, if anything was ever pushed to it. */
    public Optional<Long> find(RepositoryName name) {
        return idByName.first(name.value());
    }

    /**
     * The row's number of a repository.
     *
     * @throws RegistryException {@link ErrorCode#NAME_UNKNOWN}
     */
    public long require(RepositoryName name) {
        return find(name).orElseThrow(() -> new RegistryException(ErrorCode.NAME_UNKNOWN, name.value()));
    }

    /** The row's number of a repository, which is created if it is not there. Needs a transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    public long create(RepositoryName name) {
        return find(name).orElseGet(() -> {
            entities.createNativeQuery("insert into repository (name) values (:name) on conflict do nothing")
                    .setParameter("name", name.value())
                    .executeUpdate();
            return find(name).orElseThrow();
        });
    }

    /** The names of repositories that hold manifests, in the order of their bytes. */
    public List<String> names(Page page) {
        return names.all(page.last(), page.limit());
    }
}
