package com.laincloud.registry.audit;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What tags named, as {@code audit.tag_history} has it. */
@Singleton
public class TagHistory {

    private static final OffsetDateTime FAR = OffsetDateTime.of(9999, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    private final Lookup<Named> named;
    private final Lookup<Renamed> renamed;

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
        this.renamed = new Lookup<>(
                database,
                "select previous, renamed_at from renaming where name = ? and renamed_at < ? order by renamed_at desc limit 1",
                row -> new Renamed(row.getString(1), row.getObject(2, OffsetDateTime.class)));
    }

    /** @param previous what a repository was called until then */
    private record Renamed(String previous, OffsetDateTime at) {}

    /** @param until when the tag was moved or deleted; null: it was not */
    private record Named(Digest digest, @Nullable OffsetDateTime until, OffsetDateTime since) {

        boolean isStillTrue(OffsetDateTime moment) {
            return until == null || until.isAfter(moment);
        }
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
