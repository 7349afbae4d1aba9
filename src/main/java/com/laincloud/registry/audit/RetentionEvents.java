package com.laincloud.registry.audit;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.TagRetention.Verdict;
import com.laincloud.registry.oci.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** The record of tags that go by rules, written in the transaction that deletes them: the deletion, and the decision. */
public final class RetentionEvents {

    private final String run;

    /** @param run what stands in place of a request's number: the same for all of a run */
    public RetentionEvents(String run) {
        this.run = run;
    }

    /** Records that a tag went. */
    public void record(Connection connection, RepositoryName repository, Verdict verdict, Instant at)
            throws SQLException {
        Rows.update(
                connection,
                """
                insert into event (occurred_at, action, repository, tag, digest, auth_method, request_id)
                values (?::timestamptz, 'tag.delete', ?, ?, ?, 'retention', ?::uuid)""",
                at.toString(),
                repository.value(),
                verdict.tag().name(),
                verdict.digest().toString(),
                run);
        Rows.update(
                connection,
                """
                insert into retention_decision (run, repository, tag, digest, rule, pattern, rank, members, created_at, last_pull,
                                                reason)
                values (?::uuid, ?, ?, ?, ?, ?, ?, ?, ?::timestamptz, ?::timestamptz, ?)""",
                run,
                repository.value(),
                verdict.tag().name(),
                verdict.digest().toString(),
                verdict.rule(),
                verdict.pattern(),
                verdict.rank(),
                verdict.members(),
                verdict.createdAt(),
                verdict.lastPull(),
                verdict.reason());
    }
}
