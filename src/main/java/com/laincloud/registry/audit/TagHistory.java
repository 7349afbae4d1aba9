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
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What tags named, as {@code audit.tag_history} has it. */
@Singleton
public class TagHistory {

    private final Lookup<Named> named;

    @Inject
    public TagHistory(DataSource database) {
        this.named = Lookup.plannedAnew(
                database,
                """
                select digest, until from audit.tag_history
                where repository = ? and tag = ? and since <= ? order by since desc limit 1""",
                row -> new Named(Digest.valueOf(row.getString(1)), row.getObject(2, OffsetDateTime.class)));
    }

    /** @param until when the tag was moved or deleted; null: it was not */
    private record Named(Digest digest, @Nullable OffsetDateTime until) {

        boolean isStillTrue(OffsetDateTime moment) {
            return until == null || until.isAfter(moment);
        }
    }

    /** What a tag named at a moment; empty if it was not there. */
    public Optional<Digest> named(RepositoryName repository, Tag tag, Instant moment) {
        OffsetDateTime then = moment.atOffset(ZoneOffset.UTC);
        return named.first(repository.value(), tag.name(), then)
                .filter(found -> found.isStillTrue(then))
                .map(Named::digest);
    }
}
