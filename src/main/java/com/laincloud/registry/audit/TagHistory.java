package com.laincloud.registry.audit;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What tags named, as {@code audit.tag_history} has it. */
@Singleton
public class TagHistory {

    private static final OffsetDateTime LONG_AGO = OffsetDateTime.of(1, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
    private static final OffsetDateTime FAR = OffsetDateTime.of(9999, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    private final Lookup<Named> named;
    private final Lookup<Change> changes;
    private final Lookup<Renamed> renamed;
    private final Lookup<OffsetDateTime> left;

    @Inject
    public TagHistory(DataSource database) {
        this.named = Lookup.plannedAnew(
                database,
                """
                select digest, until, since from audit.tag_history
                where repository = ? and tag = ? and since <= ? order by since desc limit 1""",
                row -> new Named(
                        Digest.valueOf(row.getString(1)),
                        row.getObject(2, OffsetDateTime.class),
                        row.getObject(3, OffsetDateTime.class)));
        this.changes = Lookup.plannedAnew(database, """
                select digest, occurred_at, action = 'tag.delete', media_type, size from registry.history
                where repository = ? and tag = ? and occurred_at < ? and occurred_at > ?
                  and action in ('manifest.push', 'tag.delete', 'tag.restore', 'tag.release')
                  and previous_digest is distinct from digest
                order by occurred_at desc, id desc limit ?""", TagHistory::change);
        this.renamed = new Lookup<>(
                database,
                "select previous, renamed_at from renaming where name = ? and renamed_at < ? order by renamed_at desc limit 1",
                row -> new Renamed(row.getString(1), row.getObject(2, OffsetDateTime.class)));
        this.left = new Lookup<>(
                database,
                "select renamed_at from renaming where previous = ? and renamed_at < ? order by renamed_at desc limit 1",
                row -> row.getObject(1, OffsetDateTime.class));
    }

    /** @param previous what a repository was called until then */
    private record Renamed(String previous, OffsetDateTime at) {}

    /** @param until when the tag was moved or deleted; null: it was not */
    private record Named(Digest digest, @Nullable OffsetDateTime until, OffsetDateTime since) {

        boolean isStillTrue(OffsetDateTime moment) {
            return until == null || until.isAfter(moment);
        }
    }

    /**
     * That a tag was made to name a manifest, or was deleted.
     *
     * @param digest what it named from then on; of a deletion, until then
     * @param descriptor of that manifest; null if the record does not have it there, as with deletions
     */
    public record Change(
            Digest digest,
            Instant at,
            boolean isDeletion,
            @Nullable Descriptor descriptor) {

        /** The same, with the descriptor of its manifest. */
        public Change described(@Nullable Descriptor manifest) {
            return new Change(digest, at, isDeletion, manifest);
        }
    }

    private static Change change(ResultSet row) throws SQLException {
        Digest digest = Digest.valueOf(row.getString(1));
        String mediaType = row.getString(4);
        Long size = row.getObject(5, Long.class);
        return new Change(
                digest,
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getBoolean(3),
                mediaType == null || size == null ? null : new Descriptor(mediaType, digest, size));
    }

    /**
     * How a tag changed, the latest first, whatever its repository was called then. Changes of one moment, of which an adopted
     * tree may tell, may be cut off by the end of a list.
     *
     * @param before only what was earlier; empty: all
     */
    public List<Change> changes(RepositoryName repository, Tag tag, Optional<Instant> before, int limit) {
        List<Change> found = new ArrayList<>();
        OffsetDateTime end =
                before.map(moment -> moment.atOffset(ZoneOffset.UTC)).orElse(FAR);
        Optional<Renamed> name = Optional.of(new Renamed(repository.value(), FAR));
        while (name.isPresent() && found.size() < limit) {
            String called = name.get().previous();
            OffsetDateTime until = name.get().at();
            OffsetDateTime left = this.left.first(called, until).orElse(LONG_AGO); // by a repository of before
            name = renamed.first(called, until).filter(begun -> begun.at().isAfter(left));
            OffsetDateTime since = name.map(Renamed::at).orElse(left);
            found.addAll(
                    changes.all(called, tag.name(), until.isBefore(end) ? until : end, since, limit - found.size()));
        }
        return found;
    }

    /** What a tag named at a moment, whatever its repository was called then; empty if it was not there. */
    public Optional<Digest> named(RepositoryName repository, Tag tag, Instant moment) {
        return named(repository.value(), tag.name(), moment.atOffset(ZoneOffset.UTC), FAR);
    }

    /** @param end when the repository was called otherwise, so that another may have had the name since */
    private Optional<Digest> named(String repository, String tag, OffsetDateTime moment, OffsetDateTime end) {
        Optional<Named> last = named.first(repository, tag, moment);
        Optional<Renamed> before = renamed.first(repository, end);
        if (before.isPresent()
                && last.filter(found -> found.since().isAfter(before.get().at()))
                        .isEmpty()) {
            OffsetDateTime asked = before.get().at().minus(1, ChronoUnit.MICROS);
            return named(
                    before.get().previous(),
                    tag,
                    asked.isBefore(moment) ? asked : moment,
                    before.get().at());
        }
        return last.filter(found -> found.isStillTrue(moment)).map(Named::digest);
    }
}
