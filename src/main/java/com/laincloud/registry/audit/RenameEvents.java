package com.laincloud.registry.audit;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
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
        List<Map.Entry<RepositoryName, RepositoryName>> pairs = List.copyOf(names.entrySet());
        Rows.update(
                connection,
                """
                insert into event (occurred_at, action, repository, previous_repository, actor, auth_method, request_id)
                select ?::timestamptz, 'repository.rename', next, previous, ?, 'command', ?::uuid
                from unnest(?::text[], ?::text[]) as pair (previous, next)""",
                at.toString(),
                actor,
                run,
                Rows.texts(connection, pairs, Map.Entry::getKey),
                Rows.texts(connection, pairs, Map.Entry::getValue));
    }
}
