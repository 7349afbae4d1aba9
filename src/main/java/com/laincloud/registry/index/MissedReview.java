package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.IntegrityRows.Found;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Things that nothing refers to and that no collection would look at. There should be none. */
public enum MissedReview {

    /** Manifests that no tag, index or subject needs. */
    MANIFESTS(1, """
            select id from manifest where id > ? order by id offset %d limit 1""", """
            insert into manifest_review (manifest_id)
            select m.id from manifest m
            where m.id > ? and m.id <= ?
              and not exists (select from tag t where t.manifest_id = m.id)
              and not exists (select from manifest_reference r where r.child_id = m.id)
              and not exists (select from missing_reference r
                              where r.digest = m.digest and r.repository_id = m.repository_id)
              and not exists (select from manifest s
                              where s.repository_id = m.repository_id and s.digest = m.subject_digest)
              and not exists (select from manifest_review q where q.manifest_id = m.id)
            returning manifest_id""", """
            select 'manifest ' || (select name from repository where id = m.repository_id) || '@' || m.digest,
                   octet_length(m.payload)
            from manifest m join missed on missed.manifest_id = m.id"""),

    /** Blobs that a repository shows for nothing. */
    LINKS(2, """
            select repository_id, blob_id from repository_blob where (repository_id, blob_id) > (?, ?)
            order by repository_id, blob_id offset %d limit 1""", """
            insert into link_review (repository_id, blob_id)
            select l.repository_id, l.blob_id from repository_blob l
            where (l.repository_id, l.blob_id) > (?, ?) and (l.repository_id, l.blob_id) <= (?, ?)
              and not exists (select from manifest_blob m
                              where m.blob_id = l.blob_id and m.repository_id = l.repository_id)
              and not exists (select from missing_reference m
                              where m.digest = (select digest from blob where id = l.blob_id)
                                and m.repository_id = l.repository_id)
              and not exists (select from link_review q
                              where q.blob_id = l.blob_id and q.repository_id = l.repository_id)
            returning repository_id, blob_id""", """
            select 'link ' || (select name from repository where id = missed.repository_id) || '@' || b.digest, b.size
            from missed join blob b on b.id = missed.blob_id"""),

    /** Blobs that no repository shows. */
    BLOBS(1, """
            select id from blob where id > ? order by id offset %d limit 1""", """
            insert into blob_review (blob_id)
            select b.id from blob b
            where b.id > ? and b.id <= ?
              and not exists (select from repository_blob l where l.blob_id = b.id)
              and not exists (select from blob_review q where q.blob_id = b.id)
            returning blob_id""", """
            select 'blob ' || b.digest, b.size from blob b join missed on missed.blob_id = b.id""");

    /** How many things a page is at most. */
    public static final int PAGE = 1000;

    private final int columns;
    private final String end;
    private final String review;

    /**
     * @param columns of the key by which the things are in order
     * @param end the key of the last thing of the page that begins behind a key
     * @param insertion puts the missed ones of a page before the collection
     * @param names what people call those
     */
    MissedReview(int columns, String end, String insertion, String names) {
        this.columns = columns;
        this.end = end.formatted(PAGE - 1);
        this.review = "with missed as (" + insertion + ") " + names;
    }

    /**
     * A page of things that were looked at.
     *
     * @param missed the collection looks at those from now on
     * @param next behind which the next page begins; empty where there is none
     */
    public record Reviewed(List<Found> missed, Optional<List<Long>> next) {}

    /** Behind which the first page begins. */
    public List<Long> beginning() {
        return keys(Long.MIN_VALUE);
    }

    /** Looks at a page; to be committed. */
    public Reviewed review(Connection connection, List<Long> after) throws SQLException {
        Optional<List<Long>> last = Rows.query(
                        connection,
                        end,
                        row -> columns == 1 ? List.of(row.getLong(1)) : List.of(row.getLong(1), row.getLong(2)),
                        after.toArray())
                .stream()
                .findFirst();
        Object[] page = Stream.concat(after.stream(), last.orElse(keys(Long.MAX_VALUE)).stream())
                .toArray();
        return new Reviewed(
                Rows.query(connection, review, row -> new Found(row.getString(1), row.getLong(2)), page), last);
    }

    private List<Long> keys(long all) {
        return Stream.generate(() -> all).limit(columns).toList();
    }
}
