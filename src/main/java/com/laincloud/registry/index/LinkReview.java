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

/** Blobs that a repository shows and may show for nothing. One is shown while a manifest of that repository refers to it. */
public final class LinkReview extends Review {

    private static final String UNUSED = """
            select l.repository_id, l.blob_id
            from unnest(?::int8[], ?::int8[]) as due (repository_id, blob_id)
            join repository_blob l on l.repository_id = due.repository_id and l.blob_id = due.blob_id
            where not exists (select from manifest_blob m
                              where m.blob_id = l.blob_id and m.repository_id = l.repository_id)""";

    public LinkReview() {
        super("link_review", "repository_id, blob_id", 400);
    }

    private record Link(long repository, long blob) {}

    @Override
    Decision decide(Connection connection, List<Claim> claims, Duration window) throws SQLException {
        Array repositories = Rows.numbers(connection, claims, Claim::repository);
        Array blobs = things(connection, claims);
        Rows.Read<Link> link = row -> new Link(row.getLong(1), row.getLong(2));
        Set<Link> locked = new HashSet<>(Rows.query(
                connection,
                UNUSED + " order by l.blob_id, l.repository_id for update of l skip locked",
                link,
                repositories,
                blobs));
        int removed = Rows.query(
                        connection,
                        """
                        with gone as (
                            delete from repository_blob l
                            using unnest(?::int8[], ?::int8[]) as due (repository_id, blob_id)
                            where l.repository_id = due.repository_id and l.blob_id = due.blob_id
                              and not exists (select from manifest_blob m
                                              where m.blob_id = l.blob_id and m.repository_id = l.repository_id)
                              and not exists (select from missing_reference m
                                              where m.digest = (select digest from blob where id = l.blob_id)
                                                and m.repository_id = l.repository_id)
                              and not exists (select from link_review q
                                              where q.blob_id = l.blob_id and q.repository_id = l.repository_id
                                                and q.since > now() - make_interval(secs => ?))
                            returning l.repository_id, l.blob_id
                        ), noted as (
                            insert into deleted (repository_id, kind, digest)
                            select g.repository_id, 'blob', (select digest from blob where id = g.blob_id) from gone g
                            where exists (select from adoption)
                            on conflict (digest, repository_id, kind) where kind <> 'tag' do update set deleted_at = now()
                        )
                        select repository_id from gone""",
                        row -> row.getLong(1),
                        Rows.numbers(connection, locked, Link::repository),
                        Rows.numbers(connection, locked, Link::blob),
                        seconds(window))
                .size();
        Set<Link> unused = new HashSet<>(Rows.query(connection, UNUSED, link, repositories, blobs));
        unused.removeAll(locked);
        Set<Long> held = claims.stream()
                .filter(claim -> unused.contains(new Link(claim.repository(), claim.thing())))
                .map(Claim::number)
                .collect(Collectors.toSet());
        return new Decision(removed, 0, List.of(), held);
    }
}
