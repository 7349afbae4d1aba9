package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Blobs that may be shown by no repository any more. The row of one goes, and its key is to be purged, in one transaction.
 * Bytes of an adopted tree stay while not all of the tree is indexed.
 */
public final class BlobReview extends Review {

    private static final String UNSHOWN = """
            select id from blob b
            where id = any(?::int8[]) and not exists (select from repository_blob l where l.blob_id = b.id)""";

    public BlobReview() {
        super("blob_review", "0, blob_id", 300);
    }

    @Override
    Decision decide(Connection connection, List<Claim> claims, Duration window) throws SQLException {
        Array due = things(connection, claims);
        List<Long> locked =
                Rows.query(connection, UNSHOWN + " order by id for update skip locked", row -> row.getLong(1), due);
        List<Long> sizes =
                Rows.query(connection, """
                with gone as (
                    delete from blob b
                    where b.id = any(?::int8[])
                      and not exists (select from repository_blob l where l.blob_id = b.id)
                      and (b.storage_key not like '%/data'
                           or not exists (select from adoption where finished_at is null))
                    returning b.storage_key, b.size
                ), queued as (
                    insert into purge (storage_key, size) select storage_key, size from gone
                )
                select size from gone""", row -> row.getLong(1), Rows.numbers(connection, locked, id -> id));
        Set<Long> left = new HashSet<>(Rows.query(connection, UNSHOWN, row -> row.getLong(1), due));
        Set<Long> held = claims.stream()
                .filter(claim -> left.contains(claim.thing()))
                .map(Claim::number)
                .collect(Collectors.toSet());
        return new Decision(
                sizes.size(), sizes.stream().mapToLong(Long::longValue).sum(), List.of(), held);
    }
}
