package com.laincloud.registry.index;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The rows of tags. The row of a tag is its only mutex: moves of one tag happen one after the other. */
@Singleton
public class TagRows {

    private static final String DELETION = """
            with gone as (
                delete from tag where %s returning repository_id, name, manifest_id
            ), noted as (
                insert into deleted (repository_id, kind, name, digest)
                select repository_id, 'tag', name, (select digest from manifest where id = manifest_id) from gone
                on conflict (name, repository_id) where kind = 'tag'
                do update set digest = excluded.digest, deleted_at = now()
            )
            select name from gone""";

    private final EntityManager entities;
    private final Lookup<String> names;
    private final Lookup<Digest> digest;

    @Inject
    public TagRows(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.names = new Lookup<>(
                database,
                "select name from tag where repository_id = ? and name > ? order by name limit ?",
                row -> row.getString(1));
        this.digest = new Lookup<>(database, """
                select digest from manifest
                where id = (select manifest_id from tag where repository_id = ? and name = ?)""", row -> Digest.valueOf(row.getString(1)));
    }

    /**
     * The names of a repository's tags, in the order of their bytes.
     *
     * @param last after which name the list begins
     */
    public List<String> names(long repositoryId, String last, int limit) {
        return names.all(repositoryId, last, limit);
    }

    /** What a tag names now. Joins the caller's transaction. */
    public Optional<Digest> digest(long repositoryId, Tag tag) {
        return digest.first(repositoryId, tag.name());
    }

    /**
     * Adds the row of a tag.
     *
     * @return false if there is one
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean add(long repositoryId, Tag tag, long manifestId) {
        return entities.createNativeQuery("""
                                with known as (
                                    delete from deleted
                                    where name = :name and repository_id = :repository and kind = 'tag')
                                insert into tag (repository_id, name, manifest_id) values (:repository, :name, :manifest)
                                on conflict do nothing""")
                        .setParameter("repository", repositoryId)
                        .setParameter("name", tag.name())
                        .setParameter("manifest", manifestId)
                        .executeUpdate()
                > 0;
    }

    /**
     * What a tag names, and the assurance that it goes on to until the transaction ends. Two statements, because a
     * statement that had to wait for the lock would look for the manifest of before.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Optional<Digest> lock(long repositoryId, Tag tag) {
        List<?> manifests = entities.createNativeQuery(
                        "select manifest_id from tag where repository_id = :repository and name = :name for update")
                .setParameter("repository", repositoryId)
                .setParameter("name", tag.name())
                .getResultList();
        return manifests.stream().findFirst().map(this::digestOf);
    }

    private Digest digestOf(Object manifestId) {
        return Digest.valueOf((String) entities.createNativeQuery("select digest from manifest where id = :id")
                .setParameter("id", manifestId)
                .getSingleResult());
    }

    /** Makes a tag name another manifest. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void move(long repositoryId, Tag tag, long manifestId) {
        entities.createNativeQuery("""
                        update tag set manifest_id = :manifest, moved_at = now(), adopted = false
                        where repository_id = :repository and name = :name""")
                .setParameter("manifest", manifestId)
                .setParameter("repository", repositoryId)
                .setParameter("name", tag.name())
                .executeUpdate();
    }

    /** Deletes the row of a tag. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void delete(long repositoryId, Tag tag) {
        entities.createNativeQuery(DELETION.formatted("repository_id = :repository and name = :name"))
                .setParameter("repository", repositoryId)
                .setParameter("name", tag.name())
                .getResultList();
    }

    /** Deletes the rows of all tags that name a manifest, and returns them. They are locked in the order of their names. */
    @Transactional(Transactional.TxType.MANDATORY)
    public List<Tag> deleteAll(long manifestId) {
        entities.createNativeQuery("select name from tag where manifest_id = :manifest order by name for update")
                .setParameter("manifest", manifestId)
                .getResultList();
        List<?> deleted = entities.createNativeQuery(DELETION.formatted("manifest_id = :manifest"))
                .setParameter("manifest", manifestId)
                .getResultList();
        return deleted.stream().map(name -> new Tag((String) name)).toList();
    }
}
