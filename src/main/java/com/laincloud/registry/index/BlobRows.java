package com.laincloud.registry.index;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.database.SharedLookup;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.hibernate.exception.ConstraintViolationException;

/** The rows of blobs, and of the repositories that show them. */
@Singleton
public class BlobRows {

    private static final String COLUMNS = "b.digest, b.size, b.storage_key, b.lost_at is not null";

    /** One row while the storage in use is the one of the database, else none. A move to another locks the table of blobs. */
    private static final String OWN = """
            with own as materialized (
                select from storage_identity where identity = coalesce(cast(:storage as uuid), identity)),
            """;

    private final EntityManager entities;
    private final StorageInUse storage;
    private final Lookup<Blob> shown;
    private final SharedLookup<Blob> pulled;
    private final PromisingLookup<Blob> promised;
    private final Lookup<Blob> stored;
    private final Lookup<Source> sources;
    private final Lookup<Boolean> linked;
    private final Lookup<Boolean> linkedByName;

    @Inject
    public BlobRows(EntityManager entities, DataSource database, StorageInUse storage) {
        this.entities = entities;
        this.storage = storage;
        Rows.Read<Blob> blob = row -> new Blob(
                Digest.valueOf(row.getString(1)), row.getLong(2), new StorageKey(row.getString(3)), row.getBoolean(4));
        this.shown = new Lookup<>(
                database,
                "select " + COLUMNS + " from blob b where " + shown("?", "(select id from repository where name = ?)"),
                blob);
        this.pulled = new SharedLookup<>(
                database,
                "select " + COLUMNS + " from blob b where "
                        + shown("asked.name", RepositoryRows.toPull("asked.repository")),
                blob);
        this.promised = new PromisingLookup<>(
                database,
                """
                select %s, r.id, b.id,
                       (select extract(epoch from now() - since)::float8 from link_review
                        where blob_id = b.id and repository_id = r.id order by since desc limit 1)
                from (select %s as id offset 0) as r cross join blob b
                where b.digest = asked.name
                  and (select true from repository_blob where repository_id = r.id and blob_id = b.id)""".formatted(COLUMNS, RepositoryRows.toPull("asked.repository")),
                row -> new PromisingLookup.Found<>(
                        blob.from(row), List.of(row.getLong(5), row.getLong(6)), row.getObject(7, Double.class)),
                "select keep_link(?, ?, make_interval(secs => ?))");
        this.stored = new Lookup<>(database, "select " + COLUMNS + " from blob b where digest = ?", blob);
        this.linked =
                new Lookup<>(database, "select show_blob(?, ?, make_interval(secs => ?))", row -> row.getBoolean(1));
        this.linkedByName = new Lookup<>(
                database,
                "select show_blob(id, ?, make_interval(secs => ?)) from repository where name = ?",
                row -> row.getBoolean(1));
        this.sources =
                new Lookup<>(database, """
                select l.repository_id, (select name from repository where id = l.repository_id)
                from repository_blob l
                where l.blob_id = (select id from blob where digest = ?) and l.repository_id > ?
                order by l.repository_id limit ?""", row -> new Source(row.getLong(1), new RepositoryName(row.getString(2))));
    }

    /** The sub-select cannot become a join: each link is looked up by its whole key. */
    private static String shown(String digest, String repositoryId) {
        return """
                b.digest = %s
                  and (select true from repository_blob
                       where repository_id = %s and blob_id = b.id)
                """.formatted(digest, repositoryId);
    }

    /** A repository that shows a blob. */
    public record Source(long repositoryId, RepositoryName repository) {}

    /** A blob, if the repository shows it. Joins the caller's transaction. */
    public Optional<Blob> find(RepositoryName repository, Digest digest) {
        return shown.first(digest.toString(), repository.value());
    }

    /** As {@link #find}, for reading alone and not in a transaction: several requests are answered by one query. */
    public Optional<Blob> findToPull(RepositoryName repository, Digest digest) {
        return pulled.find(repository.value(), digest.toString());
    }

    /**
     * As {@link #findToPull}, for one who relies on it that the blob stays though nothing refers to it.
     *
     * @param time how long it stays at least
     */
    public Optional<Blob> findToKeep(RepositoryName repository, Digest digest, Duration time) {
        return promised.find(repository.value(), digest.toString(), time);
    }

    /** A blob, if its bytes are stored for any repository. */
    public Optional<Blob> stored(Digest digest) {
        return stored.first(digest.toString());
    }

    /**
     * The repositories that show a blob, in the order of their rows' numbers.
     *
     * @param after which row's number the list begins after
     */
    public List<Source> sources(Digest digest, long after, int limit) {
        return sources.all(digest.toString(), after, limit);
    }

    /**
     * Adds the row of a blob, whose bytes were just hashed.
     *
     * @return false if there was one
     * @throws StorageException if the storage in use is not the one of the database
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean add(Blob blob) {
        return isWritten(entities.createNativeQuery(OWN + """
                        written as (
                            insert into blob (digest, size, storage_key, verified_at)
                            select :digest, :size, :key, now() from own
                            on conflict (digest) do nothing returning digest),
                        mended as (
                            delete from integrity
                            where fault = 'lost-bytes' and thing = (select digest from written))
                        select exists (select from own), exists (select from written)""")
                .setParameter("digest", blob.digest().toString())
                .setParameter("size", blob.size())
                .setParameter("key", blob.key().path()));
    }

    /**
     * Says that a blob's bytes lie elsewhere from now on, where they were just hashed. What lay in the former place is to be
     * purged.
     *
     * @param blob as it was until now
     * @return false if it was moved or collected meanwhile
     * @throws StorageException as {@link #add}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean move(Blob blob, StorageKey key) {
        return isWritten(entities.createNativeQuery(OWN + """
                        written as (
                            update blob set storage_key = :key, verified_at = now(), lost_at = null
                            from own where digest = :digest and storage_key = :old returning digest, size),
                        left_behind as (
                            insert into purge (storage_key, size) select :old, size from written on conflict do nothing),
                        mended as (
                            delete from integrity where fault = 'lost-bytes' and thing = (select digest from written))
                        select exists (select from own), exists (select from written)""")
                .setParameter("key", key.path())
                .setParameter("digest", blob.digest().toString())
                .setParameter("old", blob.key().path()));
    }

    private boolean isWritten(Query statement) {
        Object[] found = (Object[]) statement
                .setParameter("storage", storage.shown().map(UUID::toString).orElse(null))
                .getSingleResult();
        if (!(boolean) found[0]) {
            throw StorageException.failed("the storage in use is no longer the one of the database", null);
        }
        return (boolean) found[1];
    }

    /**
     * Shows a blob in a repository. The blob's row is locked until the transaction ends, so that it cannot be collected in
     * between.
     *
     * @param time how long the repository shows it at least, though nothing refers to it
     * @return false if the blob is not stored
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean link(long repositoryId, Digest digest, Duration time) {
        return linked.first(repositoryId, digest.toString(), seconds(time)).orElseThrow();
    }

    /**
     * As {@link #link}, by the repository's name.
     *
     * @return empty if there is no such repository
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Optional<Boolean> link(RepositoryName repository, Digest digest, Duration time) {
        return linkedByName.first(digest.toString(), seconds(time), repository.value());
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    /**
     * Takes a blob out of a repository, unless a manifest of the repository refers to it.
     *
     * @return false if a manifest refers to it, or the repository does not show it
     * @throws ConstraintViolationException if a manifest that refers to it was committed at this very moment
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean unlink(RepositoryName repository, Digest digest) {
        return entities.createNativeQuery("""
                                with gone as (
                                delete from repository_blob l
                                where l.repository_id = (select id from repository where name = :repository)
                                  and l.blob_id = (select id from blob where digest = :digest)
                                  and not coalesce((select true from manifest_blob m
                                                    where m.blob_id = l.blob_id and m.repository_id = l.repository_id
                                                    limit 1), false)
                                  and not coalesce((select true from missing_reference m
                                                    where m.digest = :digest and m.repository_id = l.repository_id
                                                    limit 1), false)
                                returning l.repository_id)
                                insert into deleted (repository_id, kind, digest)
                                select repository_id, 'blob', :digest from gone
                                on conflict (digest, repository_id, kind) where kind <> 'tag'
                                do update set deleted_at = now()""")
                        .setParameter("repository", repository.value())
                        .setParameter("digest", digest.toString())
                        .executeUpdate()
                > 0;
    }
}
