package com.laincloud.registry.audit;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.TagRetention.Deleted;
import com.laincloud.registry.oci.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The record of tags that go by rules, written in the transaction that deletes them: the deletions, and the decisions. */
public final class RetentionEvents {

    private final String run;

    /** @param run what stands in place of a request's number: the same for all of a run */
    public RetentionEvents(String run) {
        this.run = run;
    }

    /** Records that tags went. */
    public void record(Connection connection, RepositoryName repository, List<Deleted> deleted) throws SQLException {
        if (deleted.isEmpty()) {
            return;
        }
        Rows.update(
                connection,
                """
                insert into event (occurred_at, action, repository, tag, digest, auth_method, request_id)
                select at, 'tag.delete', ?, tag, digest, 'retention', ?::uuid
                from unnest(?::timestamptz[], ?::text[], ?::text[]) as gone (at, tag, digest)""",
                repository.value(),
                run,
                Rows.times(connection, deleted, Deleted::at),
                Rows.texts(connection, deleted, gone -> gone.verdict().tag()),
                Rows.texts(connection, deleted, gone -> gone.verdict().digest()));
        Rows.update(
                connection,
                """
                insert into retention_decision (run, repository, tag, digest, rule, pattern, rank, members, created_at, last_pull,
                                                reason)
                select ?::uuid, ?, gone.*
                from unnest(?::text[], ?::text[], ?::int8[], ?::text[], ?::int8[], ?::int8[], ?::text[]::timestamptz[],
                            ?::text[]::timestamptz[], ?::text[])
                     as gone (tag, digest, rule, pattern, rank, members, created_at, last_pull, reason)""",
                run,
                repository.value(),
                Rows.texts(connection, deleted, gone -> gone.verdict().tag()),
                Rows.texts(connection, deleted, gone -> gone.verdict().digest()),
                Rows.numbers(connection, deleted, gone -> (long) gone.verdict().rule()),
                Rows.texts(connection, deleted, gone -> gone.verdict().pattern()),
                Rows.numbers(connection, deleted, gone -> gone.verdict().rank()),
                Rows.numbers(connection, deleted, gone -> gone.verdict().members()),
                Rows.texts(connection, deleted, gone -> gone.verdict().createdAt()),
                Rows.texts(connection, deleted, gone -> gone.verdict().lastPull()),
                Rows.texts(connection, deleted, gone -> gone.verdict().reason()));
    }
}
