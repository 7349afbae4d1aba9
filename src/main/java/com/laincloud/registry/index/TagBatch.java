package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Tag;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tags that are added to a repository many at a time, and as adopted events what they named before. */
public final class TagBatch {

    private final Connection connection;
    private final IndexedRepository repository;

    public TagBatch(Connection connection, IndexedRepository repository) {
        this.connection = connection;
        this.repository = repository;
    }

    /** A manifest that a tag named from some moment on. */
    public record Binding(Digest digest, Instant since) {}

    /**
     * A tag.
     *
     * @param history what it named and since when, in the order of time; if it names something now, that stands last
     * @param current what it names now
     * @param endedAt since when it names nothing; empty if it names something
     */
    public record Entry(Tag tag, List<Binding> history, Optional<Binding> current, Optional<Instant> endedAt) {}

    private record Current(Tag tag, Binding binding) {}

    private record Move(Tag tag, Digest digest, @Nullable Digest previous, Instant at) {}

    /**
     * Records tags whose manifests the repository has. What clients did to a tag comes before what a batch says: a tag
     * that was moved stays there, one that was deleted is left out. A tag that only batches have touched follows the latest.
     *
     * @param tags in the order of their names
     * @return how many were added or moved
     */
    public int add(List<Entry> tags) throws SQLException {
        record(tags);
        List<Current> current = tags.stream()
                .flatMap(tag -> tag.current().stream().map(binding -> new Current(tag.tag(), binding)))
                .toList();
        Array names = Rows.texts(connection, current, Current::tag);
        Array digests = Rows.texts(connection, current, c -> c.binding().digest());
        Array times = Rows.times(connection, current, c -> c.binding().since());
        List<String> added =
                Rows.query(connection, """
                insert into tag (repository_id, name, manifest_id, moved_at, adopted)
                select m.repository_id, i.name, m.id, i.moved_at, true
                from unnest(?::text[], ?::text[], ?::timestamptz[]) as i (name, digest, moved_at)
                join manifest m on m.repository_id = ? and m.digest = i.digest
                where not exists (select from deleted d
                                  where d.name = i.name and d.repository_id = m.repository_id and d.kind = 'tag')
                order by i.name collate "C"
                on conflict do nothing returning name""", row -> row.getString(1), names, digests, times, repository.id());
        // one that was deleted at the same moment: that was not known yet when the statement above began
        int dropped = Rows.update(connection, """
                delete from tag t
                where t.repository_id = ? and t.name = any(?::text[])
                  and exists (select from deleted d
                              where d.name = t.name and d.repository_id = t.repository_id and d.kind = 'tag')""", repository.id(), Rows.texts(connection, added, tag -> tag));
        return added.size() - dropped + (added.size() < current.size() ? follow(names, digests, times) : 0);
    }

    /** Moves the tags that batches have added, except those that clients have moved meanwhile. */
    private int follow(Array names, Array digests, Array times) throws SQLException {
        Rows.query(connection, """
                select name from tag where repository_id = ? and name = any(?::text[])
                order by name for update""", row -> row.getString(1), repository.id(), names);
        return Rows.update(connection, """
                update tag t set manifest_id = m.id, moved_at = i.moved_at
                from unnest(?::text[], ?::text[], ?::timestamptz[]) as i (name, digest, moved_at)
                join manifest m on m.repository_id = ? and m.digest = i.digest
                where t.repository_id = m.repository_id and t.name = i.name and t.manifest_id <> m.id and t.adopted""", names, digests, times, repository.id());
    }

    private void record(List<Entry> tags) throws SQLException {
        List<Move> moves = tags.stream().flatMap(tag -> moves(tag).stream()).toList();
        Rows.update(
                connection,
                """
                insert into adopted_event
                    (occurred_at, action, repository, tag, digest, previous_digest, media_type, size)
                select i.at, 'manifest.push', ?, i.tag, i.digest, i.previous, m.media_type, length(m.payload)
                from unnest(?::text[], ?::text[], ?::text[], ?::timestamptz[])
                    with ordinality as i (tag, digest, previous, at, position)
                left join manifest m on m.repository_id = ? and m.digest = i.digest
                order by i.position on conflict do nothing""",
                repository.name().value(),
                Rows.texts(connection, moves, Move::tag),
                Rows.texts(connection, moves, Move::digest),
                Rows.texts(connection, moves, Move::previous),
                Rows.times(connection, moves, Move::at),
                repository.id());
        for (Entry tag : tags) {
            if (tag.endedAt().isPresent() && !tag.history().isEmpty()) {
                recordEnd(tag, tag.endedAt().get(), tag.history().getLast());
            }
        }
    }

    private static List<Move> moves(Entry tag) {
        List<Move> moves = new ArrayList<>();
        Digest previous = null;
        for (Binding binding : tag.history()) {
            moves.add(new Move(tag.tag(), binding.digest(), previous, binding.since()));
            previous = binding.digest();
        }
        return moves;
    }

    /** Once only, because the time is that of a directory, which goes on changing. */
    private void recordEnd(Entry tag, Instant endedAt, Binding last) throws SQLException {
        Rows.update(
                connection,
                """
                insert into adopted_event (occurred_at, action, repository, tag, digest)
                select greatest(?::timestamptz, ?::timestamptz), 'tag.delete', ?, ?, ?
                where not exists (select from adopted_event
                                  where repository = ? and tag = ? and action = 'tag.delete')
                on conflict do nothing""",
                endedAt.toString(),
                last.since().toString(),
                repository.name().value(),
                tag.tag().name(),
                last.digest().toString(),
                repository.name().value(),
                tag.tag().name());
    }

    /** Which of the tags the repository has, or had until they were deleted. */
    public Set<Tag> known(List<Tag> tags) throws SQLException {
        Array names = Rows.texts(connection, tags, tag -> tag);
        return new HashSet<>(Rows.query(
                connection, """
                select name from tag where repository_id = ? and name = any(?::text[])
                union
                select name from deleted where name = any(?::text[]) and repository_id = ? and kind = 'tag'""", row -> Tag.valueOf(row.getString(1)), repository.id(), names, names, repository.id()));
    }
}
