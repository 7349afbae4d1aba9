package com.laincloud.registry.index;

import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Lookup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** What was found when the bytes of blobs were looked at. */
@Singleton
public class BlobFindings {

    private final EntityManager entities;
    private final DataSource database;
    private final Lookup<Boolean> verified;

    @Inject
    public BlobFindings(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.database = database;
        this.verified = new Lookup<>(database, """
                select true from blob
                where digest = ? and storage_key = ? and verified_at > now() - make_interval(secs => ?)""", row -> row.getBoolean(1));
    }

    /** Whether a blob's bytes were hashed, and right, at most {@code age} ago. */
    public boolean wasVerifiedWithin(Duration age, Blob blob) {
        return verified.first(blob.digest().toString(), blob.key().path(), age.toMillis() / 1000.0)
                .isPresent();
    }

    /** Notes that a blob's bytes were hashed just now, and are right. */
    @Transactional
    public void noteVerified(Blob blob) {
        entities.createNativeQuery("""
                        with mended as (delete from integrity where fault = 'lost-bytes' and thing = :digest)
                        update blob set verified_at = now(), lost_at = null where digest = :digest and storage_key = :key""")
                .setParameter("digest", blob.digest().toString())
                .setParameter("key", blob.key().path())
                .executeUpdate();
    }

    /**
     * Notes that a blob's bytes are not where they were put. A push that is about to move it is waited for.
     *
     * @return false if the blob was moved or collected meanwhile, so that nothing is wrong
     * @throws DatabaseException if the database cannot answer
     */
    public boolean noteLost(Blob blob) {
        try (Connection connection = database.getConnection()) {
            return !new IntegrityRows(connection).noteLost(List.of(blob)).isEmpty();
        } catch (SQLException e) {
            throw new DatabaseException("the loss of a blob could not be noted: " + e.getMessage(), e);
        }
    }
}
