package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Manifests that may be garbage. One lives while a tag names it, an index of its repository lists it, or its subject is
 * there: a referrer keeps nothing alive.
 */
public final class ManifestReview extends Review {

    private final Duration history;
    private final Duration restorable;

    /**
     * @param history how long what a tag named stays after the tag left it
     * @param restorable how long what is removed can be restored
     */
    public ManifestReview(Duration history, Duration restorable) {
        super("manifest_review", "0, manifest_id", 40);
        this.history = history;
        this.restorable = restorable;
    }

    @Override
    String claimed() {
        return "(not of_tag or since <= now() - make_interval(secs => " + seconds(history) + "))";
    }

    @Override
    Decision decide(Connection connection, List<Claim> claims, Duration window) throws SQLException {
        Array due = things(connection, claims);
        Set<Long> locked = new HashSet<>(Rows.query(
                connection,
                "select id from manifest where id = any(?::int8[]) order by id for update skip locked",
                row -> row.getLong(1),
                due));
        List<CollectedManifest> removed = Rows.query(
                connection,
                """
                with gone as (
                    delete from manifest m
                    where m.id = any(?::int8[])
                      and not exists (select from tag t where t.manifest_id = m.id)
                      and not exists (select from manifest_reference r where r.child_id = m.id)
                      and not exists (select from missing_reference r
                                      where r.digest = m.digest and r.repository_id = m.repository_id)
                      and not exists (select from manifest s
                                      where s.repository_id = m.repository_id and s.digest = m.subject_digest)
                      and not exists (select from manifest_review q
                                      where q.manifest_id = m.id and q.since > now() - make_interval(secs => ?))
                      and not exists (select from manifest_review q
                                      where q.manifest_id = m.id and q.of_tag
                                        and q.since > now() - make_interval(secs => ?))
                    returning m.repository_id, m.digest, m.media_type, m.payload
                ), noted as (
                    insert into deleted (repository_id, kind, digest, media_type, payload, restorable_until)
                    select repository_id, 'manifest', digest, media_type, payload, now() + make_interval(secs => ?) from gone
                    on conflict (digest, repository_id, kind) where kind <> 'tag'
                    do update set deleted_at = now(), media_type = excluded.media_type, payload = excluded.payload,
                                  restorable_until = excluded.restorable_until
                )
                select (select name from repository where id = g.repository_id), g.digest, g.media_type,
                       octet_length(g.payload)
                from gone g""",
                row -> new CollectedManifest(
                        new RepositoryName(row.getString(1)),
                        Digest.valueOf(row.getString(2)),
                        row.getString(3),
                        row.getLong(4)),
                Rows.numbers(connection, locked, id -> id),
                seconds(window),
                seconds(history),
                seconds(restorable));
        Set<Long> there = new HashSet<>(Rows.query(
                connection, "select id from manifest where id = any(?::int8[])", row -> row.getLong(1), due));
        Set<Long> held = claims.stream()
                .filter(claim -> there.contains(claim.thing()) && !locked.contains(claim.thing()))
                .map(Claim::number)
                .collect(Collectors.toSet());
        return new Decision(removed.size(), 0, removed, held);
    }
}
