package com.laincloud.registry.index;

import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** The rows of tags. The row of a tag is its only mutex: moves of one tag happen one after the other. */
@Singleton
public class TagRows {

    /** Deletes tags, of which its first argument tells; its second is for how many seconds they can be restored. */
    static final String DELETION = """
            with gone as (
                delete from tag where %s
                returning repository_id, name, manifest_id,
                          greatest(clock_timestamp(), moved_at + interval '1 microsecond') as at
            ), noted as (
                insert into deleted (repository_id, kind, name, digest, deleted_at, restorable_until)
                select repository_id, 'tag', name, (select digest from manifest where id = manifest_id), at,
                       at + make_interval(secs => %s)
                from gone
                on conflict (name, repository_id) where kind = 'tag'
                do update set digest = excluded.digest, deleted_at = excluded.deleted_at,
                              restorable_until = excluded.restorable_until
            )
            select name, at from gone""";

    /** Makes a tag of a repository name a manifest, whether or not it is there. */
    static final String MOVE = "select previous, moment from move_tag(?, ?, ?, ?)";

    /** What the function add_tag raises. */
    private static final String BURNED = "LTAG1";

    private final EntityManager entities;
    private final Lookup<String> names;
    private final Lookup<MovedTag> moved;

    @Inject
    public TagRows(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.names = new Lookup<>(
                database,
                "select name from tag where repository_id = ? and name > ? order by name limit ?",
                row -> row.getString(1));
        this.moved = new Lookup<>(database, MOVE, MovedTag::from);
    }

    /**
     * The names of a repository's tags, in the order of their bytes.
     *
     * @param last after which name the list begins
     */
    public List<String> names(long repositoryId, String last, int limit) {
        return names.all(repositoryId, last, limit);
    }

    /**
     * A tag that was made to name a manifest.
     *
     * @param previous what it named before
     * @param at since when it names this one, which is later than any change before, whatever the clock says
     */
    public record MovedTag(Optional<Digest> previous, Instant at) {

        /** That of a row of {@link #MOVE}. */
        static MovedTag from(ResultSet row) throws SQLException {
            return new MovedTag(
                    Optional.ofNullable(row.getString(1)).map(Digest::valueOf),
                    row.getTimestamp(2).toInstant());
        }

        /** Those of two columns, which are null where there is none. */
        static List<MovedTag> all(@Nullable Array previous, @Nullable Array moments) throws SQLException {
            if (previous == null || moments == null) {
                return List.of();
            }
            String[] digests = (String[]) previous.getArray();
            Timestamp[] times = (Timestamp[]) moments.getArray();
            List<MovedTag> moved = new ArrayList<>(times.length);
            for (int i = 0; i < times.length; i++) {
                moved.add(new MovedTag(Optional.ofNullable(digests[i]).map(Digest::valueOf), times[i].toInstant()));
            }
            return moved;
        }
    }

    /**
     * Makes a tag name a manifest. No other transaction can move it until this one ends.
     *
     * @param isBurned whether one that was deleted may name nothing but what it named
     * @throws RegistryException {@link ErrorCode#TAG_IMMUTABLE}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public MovedTag move(long repositoryId, Tag tag, long manifestId, boolean isBurned) {
        return refusingBurned(() ->
                moved.first(repositoryId, tag.name(), manifestId, isBurned).orElseThrow());
    }

    /** What a statement yields that adds tags. */
    static <T> T refusingBurned(Supplier<T> statement) {
        try {
            return statement.get();
        } catch (DatabaseException e) {
            if (e.getCause() instanceof PSQLException refusal
                    && BURNED.equals(refusal.getSQLState())
                    && refusal.getServerErrorMessage() != null) {
                throw new RegistryException(
                        ErrorCode.TAG_IMMUTABLE,
                        refusal.getServerErrorMessage().getMessage()
                                + " was deleted, and may name nothing but what it named");
            }
            throw e;
        }
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

    /**
     * A tag that was deleted.
     *
     * @param at when, which is later than any move of it
     */
    public record DeletedTag(Tag tag, Instant at) {}

    /**
     * Deletes the row of a locked tag.
     *
     * @param restorable how long it can be restored
     * @return when, as {@link DeletedTag#at}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Instant delete(long repositoryId, Tag tag, Duration restorable) {
        List<?> deleted = entities.createNativeQuery(
                        DELETION.formatted("repository_id = :repository and name = :name", ":restorable"))
                .setParameter("repository", repositoryId)
                .setParameter("name", tag.name())
                .setParameter("restorable", restorable.toSeconds())
                .getResultList();
        return deletedTag(deleted.getFirst()).at();
    }

    private static DeletedTag deletedTag(Object row) {
        Object[] columns = (Object[]) row;
        return new DeletedTag(new Tag((String) columns[0]), (Instant) columns[1]);
    }

    /**
     * Deletes the rows of all tags that name a manifest, and returns them. They are locked in the order of their names.
     *
     * @param restorable how long they can be restored
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public List<DeletedTag> deleteAll(long manifestId, Duration restorable) {
        entities.createNativeQuery("select name from tag where manifest_id = :manifest order by name for update")
                .setParameter("manifest", manifestId)
                .getResultList();
        List<?> deleted = entities.createNativeQuery(DELETION.formatted("manifest_id = :manifest", ":restorable"))
                .setParameter("manifest", manifestId)
                .setParameter("restorable", restorable.toSeconds())
                .getResultList();
        return deleted.stream().map(TagRows::deletedTag).toList();
    }
}
