package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What nothing refers to, found by following all references from the tags down. It reads all of the index and changes
 * nothing: for a look before a collection, and to show that a collection was right. Windows are not asked for.
 */
public final class Garbage {

    /** Manifests that live: those with a tag, and what they list and what is attached to them, as far as that goes. */
    private static final String LIVE = """
            with recursive live (id) as (
                select manifest_id from tag
                union
                select reached.id from live l cross join lateral (
                    select child_id as id from manifest_reference where parent_id = l.id
                    union all
                    select c.id from missing_reference r
                    join manifest c on c.repository_id = r.repository_id and c.digest = r.digest
                    where r.manifest_id = l.id
                    union all
                    select r.id from manifest s
                    join manifest r on r.repository_id = s.repository_id and r.subject_digest = s.digest
                    where s.id = l.id) as reached)
            """;

    private static final String ALL_LIVE = "with live (id) as (select id from manifest)\n";

    private final Connection connection;
    private final String live;

    /** @param deletesUntagged whether manifests live by their tags, or all that there are do */
    public Garbage(Connection connection, boolean deletesUntagged) {
        this.connection = connection;
        this.live = deletesUntagged ? LIVE : ALL_LIVE;
    }

    /** Takes what is found, one thing at a time. */
    @FunctionalInterface
    public interface Found {

        /**
         * One thing was found.
         *
         * @param bytes its size; of a manifest, without its layers
         */
        void found(String name, long bytes);
    }

    /** Each manifest as repository@digest. */
    public void manifests(Found found) throws SQLException {
        Rows.each(connection, live + """
                select r.name || '@' || m.digest, octet_length(m.payload)
                from manifest m join repository r on r.id = m.repository_id
                where m.id not in (select id from live)
                order by 1""", row -> found.found(row.getString(1), row.getLong(2)));
    }

    /** Each blob that a repository shows for nothing, as repository@digest. */
    public void links(Found found) throws SQLException {
        Rows.each(connection, live + """
                select r.name || '@' || b.digest, b.size
                from repository_blob l
                join repository r on r.id = l.repository_id
                join blob b on b.id = l.blob_id
                where not exists (select from manifest_blob m join live on live.id = m.manifest_id
                                  where m.blob_id = l.blob_id and m.repository_id = l.repository_id)
                  and not exists (select from missing_reference m join live on live.id = m.manifest_id
                                  where m.digest = b.digest and m.repository_id = l.repository_id)
                order by 1""", row -> found.found(row.getString(1), row.getLong(2)));
    }

    /** Each blob whose bytes nothing needs, as its digest. */
    public void blobs(Found found) throws SQLException {
        Rows.each(connection, live + """
                select b.digest, b.size from blob b
                where not exists (select from manifest_blob m join live on live.id = m.manifest_id
                                  where m.blob_id = b.id)
                  and not exists (select from missing_reference m join live on live.id = m.manifest_id
                                  join repository_blob l on l.repository_id = m.repository_id and l.blob_id = b.id
                                  where m.digest = b.digest)
                order by 1""", row -> found.found(row.getString(1), row.getLong(2)));
    }
}
