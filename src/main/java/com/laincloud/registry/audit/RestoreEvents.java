package com.laincloud.registry.audit;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The record of what a command puts back, written in the transaction that does it. */
public final class RestoreEvents {

    private final String run;
    private final String actor;

    /**
     * @param run what stands in place of a request's number: the same for all of a command
     * @param actor who ran it
     */
    public RestoreEvents(String run, String actor) {
        this.run = run;
        this.actor = actor;
    }

    /** Records that a manifest is there again. */
    public void manifest(Connection connection, RepositoryName repository, Digest digest, String mediaType, long size)
            throws SQLException {
        Rows.update(connection, """
                insert into event (action, repository, digest, media_type, size, actor, auth_method, request_id)
                values ('manifest.restore', ?, ?, ?, ?, ?, 'command', ?::uuid)""", repository.value(), digest.toString(), mediaType, size, actor, run);
    }

    /**
     * Records that a tag names what it named before.
     *
     * @param previous what it named in between
     * @param at when, as the tag's row says
     */
    public void tag(
            Connection connection,
            RepositoryName repository,
            Tag tag,
            Digest digest,
            Optional<Digest> previous,
            Instant at)
            throws SQLException {
        Rows.update(
                connection,
                """
                insert into event (occurred_at, action, repository, tag, digest, previous_digest, actor, auth_method,
                                   request_id)
                values (?::timestamptz, 'tag.restore', ?, ?, ?, ?, ?, 'command', ?::uuid)""",
                at.toString(),
                repository.value(),
                tag.name(),
                digest.toString(),
                previous.map(Digest::toString).orElse(null),
                actor,
                run);
    }
}
