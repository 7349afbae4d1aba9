package com.laincloud.registry.audit;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;

/** The record of what a command renames, written in the transaction that does it. */
public final class RenameEvents {

    private RenameEvents() {}

    /**
     * Records that repositories have other names.
     *
     * @param names from the old ones to the new ones
     * @param run what stands in place of a request's number
     * @param actor who ran the command
     */
    public static void record(
            Connection connection, Map<RepositoryName, RepositoryName> names, Instant at, String run, String actor)
            throws SQLException {
        for (Map.Entry<RepositoryName, RepositoryName> pair : names.entrySet()) {
            Rows.update(
                    connection,
                    """
                    insert into event (occurred_at, action, repository, previous_repository, actor, auth_method, request_id)
                    values (?::timestamptz, 'repository.rename', ?, ?, ?, 'command', ?::uuid)""",
                    at.toString(),
                    pair.getValue().value(),
                    pair.getKey().value(),
                    actor,
                    run);
        }
    }
}
