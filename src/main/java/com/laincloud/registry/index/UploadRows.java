package com.laincloud.registry.index;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.storage.Segment;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The rows of upload sessions. How old one is, the database's clock tells. */
@Singleton
public class UploadRows {

    private final EntityManager entities;
    private final Lookup<Acknowledged> acknowledged;
    private final Lookup<UUID> untouched;
    private final Lookup<UUID> existing;

    @Inject
    public UploadRows(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.acknowledged = new Lookup<>(database, """
                select size, segment_names, segments, digest from upload
                where id = ? and repository_id = (select id from repository where name = ?)""", Acknowledged::of);
        this.untouched = new Lookup<>(database, """
                select id from upload where touched_at <= now() - make_interval(secs => ?)
                order by touched_at limit ?""", UploadRows::id);
        this.existing = new Lookup<>(database, "select id from upload where id = any(?)", UploadRows::id);
    }

    private static UUID id(ResultSet row) throws SQLException {
        return row.getObject(1, UUID.class);
    }

    /**
     * What of a session was acknowledged to its client.
     *
     * @param size how many bytes
     * @param segments where they are
     * @param attempted which blob they were to become, if that was begun
     */
    public record Acknowledged(
            long size, List<Segment> segments, @Nullable String attempted) {

        private static Acknowledged of(ResultSet row) throws SQLException {
            String[] names = (String[]) row.getArray("segment_names").getArray();
            long[] lengths = Stream.of((Long[]) row.getArray("segments").getArray())
                    .mapToLong(Long::longValue)
                    .toArray();
            return new Acknowledged(
                    row.getLong("size"), UploadEntity.segments(names, lengths), row.getString("digest"));
        }
    }

    /** What of a repository's session was acknowledged. */
    public Optional<Acknowledged> acknowledged(RepositoryName repository, UUID upload) {
        return acknowledged.first(upload, repository.value());
    }

    /**
     * Adds a session that has no bytes yet.
     *
     * @param hash that goes along with the bytes to come, as it is saved; null if none is asked for
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public UUID add(long repositoryId, byte @Nullable [] hash) {
        UploadEntity upload = new UploadEntity(UUID.randomUUID(), repositoryId, hash);
        entities.persist(upload);
        return upload.id();
    }

    /** A session, which no other request changes until the transaction ends. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Optional<UploadEntity> lock(UUID upload) {
        return Optional.ofNullable(entities.find(UploadEntity.class, upload, LockModeType.PESSIMISTIC_WRITE));
    }

    /** Forgets a session. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void delete(UploadEntity upload) {
        entities.remove(upload);
    }

    /** Notes that a session is in use. False if its writer is not the latest, or there is no such session. */
    @Transactional(Transactional.TxType.MANDATORY)
    public boolean touch(Lease lease) {
        return entities.createNativeQuery("update upload set touched_at = now() where id = :id and writer = :writer")
                        .setParameter("id", lease.upload())
                        .setParameter("writer", lease.writer())
                        .executeUpdate()
                > 0;
    }

    /** Has the transaction not wait for the disk when it commits: a loss of power may take back what it did. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void doNotWaitForTheDisk() {
        entities.createNativeQuery("set local synchronous_commit = off").executeUpdate();
    }

    /** The sessions that were not touched for {@code age}, the oldest first. */
    public List<UUID> untouched(Duration age, int limit) {
        return untouched.all(seconds(age), limit);
    }

    /**
     * Forgets a session, unless it was touched after all or is being changed at this moment.
     *
     * @return whether it was forgotten
     */
    @Transactional
    public boolean deleteUntouched(UUID upload, Duration age) {
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

    /** Those of these uploads that have a session, however old. */
    public Set<UUID> existing(Collection<UUID> uploads) {
        return new HashSet<>(existing.all((Object) uploads.toArray(UUID[]::new)));
    }

    private static double seconds(Duration age) {
        return age.toMillis() / 1000.0;
    }
}
