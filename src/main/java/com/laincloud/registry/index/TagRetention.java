package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.storage.StorageKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What rules say of the tags of repositories, and the deletion of those that go. */
public final class TagRetention {

    private final Connection connection;

    public TagRetention(Connection connection) {
        this.connection = connection;
    }

    /** A repository. */
    public record Repository(long number, RepositoryName name) {}

    /**
     * What the rules say of a tag.
     *
     * @param movedAt when it was put, as the database writes it
     * @param goes whether it is to be deleted
     * @param rule the number of the rule that decided
     * @param pattern of that rule, as a regular expression
     * @param rank its place in the group of that pattern, from 1
     * @param members how many tags that group has
     * @param createdAt when the image says it was made
     * @param lastPull when it was last pulled
     * @param reason in words
     * @param isUnread whether it stays only because its age was not read yet
     */
    public record Verdict(
            Tag tag,
            Digest digest,
            long manifest,
            String movedAt,
            boolean goes,
            int rule,
            String pattern,
            long rank,
            long members,
            @Nullable String createdAt,
            @Nullable String lastPull,
            String reason,
            boolean isUnread) {}

    /** What is done with each verdict. */
    @FunctionalInterface
    public interface Use {

        /** Takes it. */
        void of(Verdict verdict) throws SQLException;
    }

    /** All repositories, in the order of their names. */
    public List<Repository> repositories() throws SQLException {
        return Rows.query(
                connection,
                "select id, name from repository order by name",
                row -> new Repository(row.getLong(1), RepositoryName.valueOf(row.getString(2))));
    }

    /** Whether a repository has its name still, which it keeps until the transaction ends. */
    public boolean isStillCalled(Repository repository) throws SQLException {
        return !Rows.query(
                        connection,
                        "select true from repository where id = ? and name = ? for key share",
                        row -> row.getBoolean(1),
                        repository.number(),
                        repository.name().value())
                .isEmpty();
    }

    /**
     * Says of every tag that a pattern is for whether it goes, in the order of their names, and not all at once in memory.
     *
     * @param rules as the function {@code retention_of} takes them
     */
    public void each(long repository, String rules, Use use) throws SQLException {
        Rows.each(
                connection,
                """
                select tag, digest, manifest_id, moved_at::text, goes, rule, pattern, rank, members, created_at::text,
                       last_pull::text, reason, unread
                from retention_of(?, ?::jsonb)""",
                row -> use.of(new Verdict(
                        new Tag(row.getString(1)),
                        Digest.valueOf(row.getString(2)),
                        row.getLong(3),
                        row.getString(4),
                        row.getBoolean(5),
                        row.getInt(6),
                        row.getString(7),
                        row.getLong(8),
                        row.getLong(9),
                        row.getString(10),
                        row.getString(11),
                        row.getString(12),
                        row.getBoolean(13))),
                repository,
                rules);
    }

    /** A tag that was deleted, and when. */
    public record Deleted(Verdict verdict, Instant at) {}

    /**
     * Deletes tags, except those that were moved or put again since the verdict.
     *
     * @param verdicts in the order of the names of their tags, so that no two transactions wait for each other
     * @param restorable how long they can be restored
     */
    public List<Deleted> delete(long repository, List<Verdict> verdicts, Duration restorable) throws SQLException {
        List<String> same = Rows.query(
                connection,
                """
                select t.name from tag t
                join unnest(?::text[], ?::int8[], ?::text[]::timestamptz[]) as v (name, manifest_id, moved_at)
                     on v.name = t.name and v.manifest_id = t.manifest_id and v.moved_at = t.moved_at
                where t.repository_id = ? order by t.name for update of t""",
                row -> row.getString(1),
                Rows.texts(connection, verdicts, Verdict::tag),
                Rows.numbers(connection, verdicts, Verdict::manifest),
                Rows.texts(connection, verdicts, Verdict::movedAt),
                repository);
        Map<String, Instant> gone = new HashMap<>();
        Rows.query(
                        connection,
                        TagRows.DELETION.formatted("repository_id = ? and name = any(?::text[])", "?"),
                        row -> Map.entry(row.getString(1), row.getTimestamp(2).toInstant()),
                        repository,
                        Rows.texts(connection, same, name -> name),
                        restorable.toSeconds())
                .forEach(tag -> gone.put(tag.getKey(), tag.getValue()));
        return verdicts.stream()
                .flatMap(verdict -> Optional.ofNullable(gone.get(verdict.tag().name())).stream()
                        .map(at -> new Deleted(verdict, at)))
                .toList();
    }

    /** The bytes of a manifest. */
    public Optional<StoredManifest> manifest(long manifest) throws SQLException {
        return Rows.query(
                        connection,
                        "select digest, media_type, payload from manifest where id = ?",
                        row -> new StoredManifest(Digest.valueOf(row.getString(1)), row.getString(2), row.getBytes(3)),
                        manifest)
                .stream()
                .findFirst();
    }

    /** The number of a manifest that a repository has. */
    public Optional<Long> manifest(long repository, Digest digest) throws SQLException {
        return Rows.query(
                        connection,
                        "select id from manifest where repository_id = ? and digest = ?",
                        row -> row.getLong(1),
                        repository,
                        digest.toString())
                .stream()
                .findFirst();
    }

    /** A blob that is stored. */
    public Optional<Blob> blob(Digest digest) throws SQLException {
        return Rows.query(
                        connection,
                        "select size, storage_key from blob where digest = ?",
                        row -> new Blob(digest, row.getLong(1), new StorageKey(row.getString(2))),
                        digest.toString())
                .stream()
                .findFirst();
    }

    /** Notes when an image says it was made, or why that cannot be read. Neither: it is of a kind that does not say. */
    public void noteAge(long manifest, @Nullable Instant createdAt, @Nullable String fault) throws SQLException {
        Rows.update(connection, """
                insert into image (manifest_id, created_at, fault)
                select id, ?::timestamptz, ? from manifest where id = ? on conflict do nothing""", createdAt == null ? null : createdAt.toString(), fault, manifest);
    }
}
