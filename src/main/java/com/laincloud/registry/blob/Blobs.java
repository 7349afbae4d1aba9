package com.laincloud.registry.blob;

import com.laincloud.registry.adoption.ReadThrough;
import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Event.Action;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.database.SharedLookup;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Requester;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredContent;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.hibernate.exception.ConstraintViolationException;

/**
 * The blobs of this registry. Bytes are kept once, however many repositories show them; a repository shows a blob only
 * after it was pushed to it or mounted into it.
 */
@Singleton
public class Blobs {

    private static final int BATCH = 100;

    private final EntityManager entities;
    private final Repositories repositories;
    private final Events events;
    private final StorageDriver storage;
    private final ReadThrough readThrough;
    private final Lookup<Blob> inRepository;
    private final SharedLookup<Blob> pulled;
    private final Lookup<Blob> anywhere;
    private final Lookup<Source> sources;

    @Inject
    public Blobs(
            EntityManager entities,
            DataSource database,
            Repositories repositories,
            Events events,
            StorageDriver storage,
            ReadThrough readThrough) {
        this.entities = entities;
        this.repositories = repositories;
        this.events = events;
        this.storage = storage;
        this.readThrough = readThrough;
        Lookup.Row<Blob> blob =
                row -> new Blob(Digest.valueOf(row.getString(1)), row.getLong(2), new StorageKey(row.getString(3)));
        this.pulled = new SharedLookup<>(
                database,
                """
                select n.repository, n.name, b.size, b.storage_key
                from unnest(?, ?) as n (repository, name)
                join repository r on r.name = n.repository
                join blob b on b.digest = n.name
                join repository_blob l on l.repository_id = r.id and l.blob_id = b.id""",
                row -> new Blob(Digest.valueOf(row.getString(2)), row.getLong(3), new StorageKey(row.getString(4))));
        this.inRepository = new Lookup<>(database, """
                select b.digest, b.size, b.storage_key
                from repository r join repository_blob l on l.repository_id = r.id join blob b on b.id = l.blob_id
                where r.name = ? and b.digest = ?""", blob);
        this.anywhere = new Lookup<>(database, "select digest, size, storage_key from blob where digest = ?", blob);
        this.sources =
                new Lookup<>(database, """
                select r.id, r.name from blob b join repository_blob l on l.blob_id = b.id
                join repository r on r.id = l.repository_id
                where b.digest = ? and l.repository_id > ? order by l.repository_id limit ?""", row -> new Source(row.getLong(1), new RepositoryName(row.getString(2))));
    }

    /** The blob, if the repository shows it. */
    public Optional<Blob> find(RepositoryName repository, Digest digest) {
        Optional<Blob> blob = inRepository.first(repository.value(), digest.toString());
        return blob.isEmpty() && readThrough.blob(repository, digest)
                ? inRepository.first(repository.value(), digest.toString())
                : blob;
    }

    /**
     * The blob that the repository shows.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UNKNOWN}, or {@link ErrorCode#NAME_UNKNOWN} where there is no such
     *     repository
     */
    public Blob require(RepositoryName repository, Digest digest) {
        return find(repository, digest).orElseThrow(() -> unknown(repository, digest));
    }

    /** As {@link #find}, for whoever wants the bytes and is in no transaction. */
    public Optional<Blob> findToPull(RepositoryName repository, Digest digest) {
        Optional<Blob> blob = pulled.find(repository.value(), digest.toString());
        return blob.isEmpty() && readThrough.blob(repository, digest)
                ? pulled.find(repository.value(), digest.toString())
                : blob;
    }

    /** As {@link #require}, for whoever wants the bytes and is in no transaction. */
    public Blob requireToPull(RepositoryName repository, Digest digest) {
        return findToPull(repository, digest).orElseThrow(() -> unknown(repository, digest));
    }

    private RegistryException unknown(RepositoryName repository, Digest digest) {
        repositories.require(repository);
        return new RegistryException(ErrorCode.BLOB_UNKNOWN, digest.toString());
    }

    /** Whether the bytes are here already, in whatever repository. True today may be false tomorrow: see {@link #link}. */
    public boolean isStored(Digest digest) {
        return anywhere.first(digest.toString()).filter(this::isWhole).isPresent();
    }

    /**
     * Whether a blob's bytes lie in the storage. They do, unless somebody was there with other tools; then whoever asks before a
     * push is to push it again, which mends it.
     */
    public boolean isWhole(Blob blob) {
        return storage.size(blob.key()).equals(OptionalLong.of(blob.size()));
    }

    /** The bytes of a blob. */
    public StoredContent content(Blob blob) {
        return storage.content(blob.key(), blob.size());
    }

    /**
     * Records that the bytes under {@code key} are durable and shows them in the repository; where another upload of the
     * same content came first, shows that one instead. Needs a transaction.
     *
     * @return whether {@code key} is the blob's now; if not, nothing refers to it
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean add(long repositoryId, Digest digest, long size, StorageKey key) {
        boolean isNew;
        do { // a blob that is collected between the two statements is simply added again
            isNew = insert(digest, size, key) || replaceLost(digest, key);
        } while (!link(repositoryId, digest));
        return isNew;
    }

    private boolean insert(Digest digest, long size, StorageKey key) {
        return entities.createNativeQuery("""
                                insert into blob (digest, size, storage_key) values (:digest, :size, :key)
                                on conflict (digest) do nothing""")
                        .setParameter("digest", digest.toString())
                        .setParameter("size", size)
                        .setParameter("key", key.path())
                        .executeUpdate()
                > 0;
    }

    /** Gives a blob whose bytes were lost those under {@code key}. */
    private boolean replaceLost(Digest digest, StorageKey key) {
        Optional<Blob> lost = anywhere.first(digest.toString()).filter(blob -> !isWhole(blob));
        return lost.isPresent()
                && entities.createNativeQuery(
                                        "update blob set storage_key = :key where digest = :digest and storage_key = :lost")
                                .setParameter("key", key.path())
                                .setParameter("digest", digest.toString())
                                .setParameter("lost", lost.get().key().path())
                                .executeUpdate()
                        > 0;
    }

    /**
     * Shows a stored blob in a repository. The blob's row is locked until the transaction ends, so that it cannot be
     * collected in between. Needs a transaction.
     *
     * @return false if the blob is not stored
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean link(long repositoryId, Digest digest) {
        List<?> ids = entities.createNativeQuery("select id from blob where digest = :digest for key share")
                .setParameter("digest", digest.toString())
                .getResultList();
        if (ids.isEmpty()) {
            return false;
        }
        entities.createNativeQuery("""
                        insert into repository_blob (repository_id, blob_id) values (:repository, :blob)
                        on conflict do nothing""")
                .setParameter("repository", repositoryId)
                .setParameter("blob", ids.getFirst())
                .executeUpdate();
        return true;
    }

    /**
     * Shows a blob of one repository in another without sending a byte.
     *
     * @return false if {@code source} does not show the blob
     * @see <a
     *     href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository">distribution-spec,
     *     mounting a blob</a>
     */
    @Transactional
    public boolean mount(RepositoryName source, RepositoryName target, Digest digest, Requester requester) {
        Optional<Blob> blob = find(source, digest).filter(this::isWhole);
        if (blob.isEmpty() || !link(repositories.create(target), digest)) {
            return false;
        }
        events.record(Event.ofBlob(Action.BLOB_MOUNT, target, digest, blob.get().size()), requester);
        return true;
    }

    /**
     * Shows a blob in a repository if any other that the client may pull from does. Nobody learns of a blob he could not
     * have pulled: where there is none, the answer is the same as if the blob were not stored at all.
     *
     * @param mayPull whether the client may pull from a repository
     * @return false if there is no such repository
     */
    @Transactional
    public boolean mountFromAnywhere(
            RepositoryName target, Digest digest, Predicate<RepositoryName> mayPull, Requester requester) {
        List<Source> batch = sources.all(digest.toString(), 0L, BATCH);
        while (!batch.isEmpty()) {
            Optional<RepositoryName> source =
                    batch.stream().map(Source::name).filter(mayPull).findFirst();
            if (source.isPresent()) {
                return mount(source.get(), target, digest, requester);
            }
            batch = sources.all(digest.toString(), batch.getLast().id(), BATCH);
        }
        return false;
    }

    /** A repository that shows a blob. */
    private record Source(long id, RepositoryName name) {}

    /**
     * Takes a blob out of a repository. Its bytes stay for as long as another repository shows it.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UNKNOWN}; {@link ErrorCode#DENIED} with status 405 while a manifest
     *     of the repository refers to it
     */
    @Transactional
    public void delete(RepositoryName repository, Digest digest, Requester requester) {
        readThrough.beforeDeletion(repository);
        Blob blob = require(repository, digest);
        if (!unlink(repository, digest)) {
            require(repository, digest); // it may have been deleted by somebody else meanwhile
            throw isReferredTo(digest);
        }
        events.record(Event.ofBlob(Action.BLOB_DELETE, repository, digest, blob.size()), requester);
    }

    private static RegistryException isReferredTo(Digest digest) {
        return new RegistryException(ErrorCode.DENIED, 405, "a manifest refers to " + digest);
    }

    private boolean unlink(RepositoryName repository, Digest digest) {
        try {
            return entities.createNativeQuery("""
                                    delete from repository_blob l using repository r, blob b
                                    where l.repository_id = r.id and l.blob_id = b.id
                                      and r.name = :repository and b.digest = :digest
                                      and not exists (select from manifest_blob m
                                                      where m.repository_id = l.repository_id and m.blob_id = l.blob_id)
                                      and not exists (select from missing_reference m
                                                      where m.repository_id = l.repository_id and m.digest = b.digest)""")
                            .setParameter("repository", repository.value())
                            .setParameter("digest", digest.toString())
                            .executeUpdate()
                    > 0;
        } catch (ConstraintViolationException e) { // a manifest that refers to it was committed this very moment
            throw isReferredTo(digest);
        }
    }
}
