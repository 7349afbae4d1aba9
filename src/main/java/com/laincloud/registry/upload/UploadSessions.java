package com.laincloud.registry.upload;

import com.laincloud.registry.audit.Event;
import com.laincloud.registry.audit.Event.Action;
import com.laincloud.registry.audit.Events;
import com.laincloud.registry.blob.Blobs;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.repository.Repositories;
import com.laincloud.registry.request.Requester;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.StorageKey;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The rows of upload sessions, changed in short transactions before and after the bytes stream. How far an upload has come
 * is not worth waiting for the disk: a session that is lost with the power is begun again by its client.
 */
@Singleton
public class UploadSessions {

    private final EntityManager entities;
    private final Repositories repositories;
    private final Blobs blobs;
    private final Events events;
    private final Lookup<Acknowledged> acknowledged;

    @Inject
    public UploadSessions(
            EntityManager entities, DataSource database, Repositories repositories, Blobs blobs, Events events) {
        this.entities = entities;
        this.repositories = repositories;
        this.blobs = blobs;
        this.events = events;
        this.acknowledged = new Lookup<>(database, """
                select size, segments, digest from upload
                where id = ? and repository_id = (select id from repository where name = ?)""", Acknowledged::of);
    }

    /** Opens a session, and the repository with it. */
    @Transactional
    public UUID start(RepositoryName repository) {
        withoutWaitingForTheDisk();
        UploadEntity upload = new UploadEntity(UUID.randomUUID(), repositories.create(repository));
        entities.persist(upload);
        return upload.id();
    }

    /**
     * What of a session was acknowledged to its client.
     *
     * @param size how many bytes
     * @param segments where they are
     * @param attempted which blob they were to become, if that was begun
     */
    record Acknowledged(
            long size, List<Segment> segments, @Nullable String attempted) {

        private static Acknowledged of(ResultSet row) throws SQLException {
            Long[] lengths = (Long[]) row.getArray("segments").getArray();
            List<Segment> segments = IntStream.range(0, lengths.length)
                    .mapToObj(number -> new Segment(number, lengths[number]))
                    .toList();
            return new Acknowledged(row.getLong("size"), segments, row.getString("digest"));
        }
    }

    /**
     * What of a session was acknowledged.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_UNKNOWN}
     */
    Acknowledged acknowledged(RepositoryName repository, UUID upload) {
        return acknowledged.first(upload, repository.value()).orElseThrow(() -> unknown(upload));
    }

    /**
     * Gives the right to write to a new writer, who overtakes any other.
     *
     * @param offset where the client says its bytes begin; null if it does not say
     * @param intended which blob the upload is to become after this; null if it goes on
     * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_UNKNOWN}; {@link ErrorCode#RANGE_INVALID} if {@code offset}
     *     is not where the upload ends
     */
    @Transactional
    Lease lease(RepositoryName repository, UUID id, @Nullable Long offset, @Nullable Digest intended) {
        withoutWaitingForTheDisk();
        UploadEntity upload = lock(repository, id);
        if (offset != null && offset != upload.size()) {
            throw new OutOfOrderException(id, upload.size());
        }
        Lease lease = upload.lease();
        if (intended != null) {
            upload.becomes(intended);
        }
        return lease;
    }

    /**
     * Counts what a writer wrote.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_INVALID} if the writer was overtaken;
     *     {@link ErrorCode#BLOB_UPLOAD_UNKNOWN} if the session was ended meanwhile
     */
    @Transactional
    void release(Lease lease, long written) {
        withoutWaitingForTheDisk();
        held(lease).release(lease, written);
    }

    /**
     * Says that a writer is still at it.
     *
     * @throws RegistryException as {@link #release}, so that nobody goes on in vain
     */
    @Transactional
    void renew(Lease lease) {
        withoutWaitingForTheDisk();
        int renewed = entities.createNativeQuery(
                        "update upload set touched_at = now() where id = :id and writer = :writer")
                .setParameter("id", lease.upload())
                .setParameter("writer", lease.writer())
                .executeUpdate();
        if (renewed == 0) {
            held(lease); // says why
        }
    }

    /**
     * Ends a session: its bytes are the blob {@code digest} now, kept under {@code key}, and shown in the repository.
     *
     * @param damaged the blob as it is stored, if its bytes are to be replaced
     * @return false if the same blob came first from elsewhere, so that nothing refers to {@code key}
     * @throws RegistryException as {@link #release}
     */
    @Transactional
    boolean complete(
            RepositoryName repository,
            Lease lease,
            Digest digest,
            long size,
            StorageKey key,
            @Nullable Blob damaged,
            Requester requester) {
        UploadEntity upload = held(lease);
        boolean kept = blobs.add(lease.repositoryId(), digest, size, key, damaged);
        end(upload, repository, digest, size, requester);
        return kept;
    }

    /**
     * Ends a session whose bytes are stored already, as a blob that the repository shows from now on.
     *
     * @return false if that blob is stored no more; the session goes on then
     * @throws RegistryException as {@link #release}
     */
    @Transactional
    boolean completeWithStored(RepositoryName repository, Lease lease, Digest digest, long size, Requester requester) {
        UploadEntity upload = held(lease);
        if (!blobs.link(lease.repositoryId(), digest)) {
            return false;
        }
        end(upload, repository, digest, size, requester);
        return true;
    }

    private void end(UploadEntity upload, RepositoryName repository, Digest digest, long size, Requester requester) {
        entities.remove(upload);
        events.record(Event.ofBlob(Action.BLOB_PUSH, repository, digest, size), requester);
    }

    /**
     * Ends a session and forgets it.
     *
     * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_UNKNOWN}
     */
    @Transactional
    void cancel(RepositoryName repository, UUID id) {
        entities.remove(lock(repository, id));
    }

    private UploadEntity lock(RepositoryName repository, UUID id) {
        long repositoryId = repositories.find(repository).orElseThrow(() -> unknown(id));
        return find(id).filter(upload -> upload.repositoryId() == repositoryId).orElseThrow(() -> unknown(id));
    }

    private UploadEntity held(Lease lease) {
        UploadEntity upload = find(lease.upload()).orElseThrow(() -> unknown(lease.upload()));
        if (!upload.isHeldBy(lease)) {
            throw new RegistryException(
                    ErrorCode.BLOB_UPLOAD_INVALID, "another request went on with upload " + lease.upload());
        }
        return upload;
    }

    private Optional<UploadEntity> find(UUID id) {
        return Optional.ofNullable(entities.find(UploadEntity.class, id, LockModeType.PESSIMISTIC_WRITE));
    }

    private void withoutWaitingForTheDisk() {
        entities.createNativeQuery("set local synchronous_commit = off").executeUpdate();
    }

    private static RegistryException unknown(UUID upload) {
        return new RegistryException(ErrorCode.BLOB_UPLOAD_UNKNOWN, upload.toString());
    }
}
