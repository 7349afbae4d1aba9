package com.laincloud.registry.audit;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.CollectedManifest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The record of what garbage collection removes, written in the transaction that removes it. */
public final class CollectionEvents {

    private final String run;

    /** @param run what stands in place of a request's number: the same for all of a run */
    public CollectionEvents(String run) {
        this.run = run;
    }

    /** Records that manifests were removed. */
    public void record(Connection connection, List<CollectedManifest> manifests) throws SQLException {
        if (manifests.isEmpty()) {
            return;
        }
        Rows.update(
                connection,
                """
                insert into event (action, repository, digest, media_type, size, request_id)
                select 'manifest.collect', removed.*, ?::uuid
                from unnest(?::text[], ?::text[], ?::text[], ?::int8[]) as removed (repository, digest, media_type, size)""",
                run,
                Rows.texts(
                        connection, manifests, manifest -> manifest.repository().value()),
                Rows.texts(connection, manifests, CollectedManifest::digest),
                Rows.texts(connection, manifests, CollectedManifest::mediaType),
                Rows.numbers(connection, manifests, CollectedManifest::size));
    }
}
