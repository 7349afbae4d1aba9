package com.laincloud.registry.manifest;

import com.laincloud.registry.adoption.ReadThrough;
import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Event.Action;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Page;
import com.laincloud.registry.request.Precondition;
import com.laincloud.registry.request.Requester;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The tags of repositories. The row of a tag is its only mutex: moves of one tag happen one after the other. */
@Singleton
public class Tags {

    private final EntityManager entities;
    private final Repositories repositories;
    private final Events events;
    private final ReadThrough readThrough;
    private final Lookup<String> names;
    private final Lookup<Digest> digest;

    @Inject
    public Tags(
            EntityManager entities,
            DataSource database,
            Repositories repositories,
            Events events,
            ReadThrough readThrough) {
        this.entities = entities;
        this.repositories = repositories;
        this.events = events;
        this.readThrough = readThrough;
        this.names = new Lookup<>(
                database,
                "select name from tag where repository_id = ? and name > ? order by name limit ?",
                row -> row.getString(1));
        this.digest = new Lookup<>(database, """
                select m.digest from tag t join manifest m on m.id = t.manifest_id
                where t.repository_id = ? and t.name = ?""", row -> Digest.valueOf(row.getString(1)));
    }

    /**
     * The names of a repository's tags, in the order of their bytes.
     *
     * @throws RegistryException {@link ErrorCode#NAME_UNKNOWN}
     */
    public List<String> names(RepositoryName repository, Page page) {
        readThrough.beforeListing(repository);
        return names.all(repositories.require(repository), page.last(), page.limit());
    }

    /**
     * Refuses early what {@link #move} would refuse later, when more has been done in vain.
     *
     * @throws RegistryException {@link ErrorCode#PRECONDITION_FAILED}
     */
    void requireNow(long repositoryId, Tag tag, Precondition precondition) {
        if (precondition.isPresent()) {
            precondition.require(tag, digest.first(repositoryId, tag.name()));
        }
    }

    /**
     * Binds a tag to a manifest. From before the precondition is looked at until the transaction ends, nobody else can
     * move the tag. Several tags are moved in the order of their names, so that nobody waits for somebody who waits.
     *
     * @return what it named before
     * @throws RegistryException {@link ErrorCode#PRECONDITION_FAILED}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    Optional<Digest> move(long repositoryId, Tag tag, long manifestId, Precondition precondition) {
        if (create(repositoryId, tag, manifestId)) {
            precondition.require(tag, Optional.empty());
            return Optional.empty();
        }
        Optional<Digest> previous = lock(repositoryId, tag);
        if (previous.isEmpty()) { // it was deleted between the two statements
            return move(repositoryId, tag, manifestId, precondition);
        }
        precondition.require(tag, previous);
        entities.createNativeQuery("""
                        update tag set manifest_id = :manifest, moved_at = now()
                        where repository_id = :repository and name = :name""")
                .setParameter("manifest", manifestId)
                .setParameter("repository", repositoryId)
                .setParameter("name", tag.name())
                .executeUpdate();
        return previous;
    }

    /**
     * Deletes a tag; the manifest it names stays.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNKNOWN} or {@link ErrorCode#NAME_UNKNOWN};
     *     {@link ErrorCode#PRECONDITION_FAILED}
     */
    @Transactional
    public void delete(RepositoryName repository, Tag tag, Precondition precondition, Requester requester) {
        readThrough.beforeDeletion(repository);
        long repositoryId = repositories.require(repository);
        Digest digest = lock(repositoryId, tag)
                .orElseThrow(() -> new RegistryException(ErrorCode.MANIFEST_UNKNOWN, tag.name()));
        precondition.require(tag, Optional.of(digest));
        entities.createNativeQuery("delete from tag where repository_id = :repository and name = :name")
                .setParameter("repository", repositoryId)
                .setParameter("name", tag.name())
                .executeUpdate();
        events.record(new Event(Action.TAG_DELETE, repository, tag, digest, null, null, null), requester);
    }

    /** Deletes all tags that name a manifest, and returns them. */
    @Transactional(Transactional.TxType.MANDATORY)
    List<Tag> deleteAll(long repositoryId, long manifestId) {
        entities.createNativeQuery("""
                        select name from tag where repository_id = :repository and manifest_id = :manifest
                        order by name for update""")
                .setParameter("repository", repositoryId)
                .setParameter("manifest", manifestId)
                .getResultList();
        List<?> deleted = entities.createNativeQuery("""
                        delete from tag where repository_id = :repository and manifest_id = :manifest returning name""")
                .setParameter("repository", repositoryId)
                .setParameter("manifest", manifestId)
                .getResultList();
        return deleted.stream().map(name -> new Tag((String) name)).toList();
    }

    private boolean create(long repositoryId, Tag tag, long manifestId) {
        return entities.createNativeQuery("""
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
    private Optional<Digest> lock(long repositoryId, Tag tag) {
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
}
