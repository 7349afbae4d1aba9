package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.TagRows.MovedTag;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Tag;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What was deleted from a repository and can be put back. All of it belongs to a transaction of the caller. */
public final class DeletedRows {

    private final Connection connection;
    private final IndexedRepository repository;

    public DeletedRows(Connection connection, IndexedRepository repository) {
        this.connection = connection;
        this.repository = repository;
    }

    /** A tag, and what it named. */
    public record Binding(Tag tag, Digest digest) {}

    /** The tags that can be put back, and are not there, in the order of their names. */
    public List<Binding> tags() throws SQLException {
        return Rows.query(
                connection,
                """
                select name, digest from deleted d
                where repository_id = ? and kind = 'tag' and restorable_until > now()
                  and not exists (select from tag t where t.repository_id = d.repository_id and t.name = d.name)
                order by name""",
                row -> new Binding(Tag.valueOf(row.getString(1)), Digest.valueOf(row.getString(2))),
                repository.id());
    }

    /** The manifests that can be put back, and are not there, in the order of their digests. */
    public List<Digest> manifests() throws SQLException {
        return Rows.query(connection, """
                select digest from deleted d
                where repository_id = ? and kind = 'manifest' and restorable_until > now() and payload is not null
                  and not exists (select from manifest m where m.repository_id = d.repository_id and m.digest = d.digest)
                order by digest""", row -> Digest.valueOf(row.getString(1)), repository.id());
    }

    /** The number of a manifest that is there, and the assurance that it stays until the transaction ends. */
    public Optional<Long> lock(Digest manifest) throws SQLException {
        return Rows.query(
                        connection,
                        "select id from manifest where repository_id = ? and digest = ? for key share",
                        row -> row.getLong(1),
                        repository.id(),
                        manifest.toString())
                .stream()
                .findFirst();
    }

    /** What a deleted tag named, if it can be put back. */
    public Optional<Digest> tag(Tag tag) throws SQLException {
        return Rows.query(connection, """
                select digest from deleted
                where name = ? and repository_id = ? and kind = 'tag' and restorable_until > now()""", row -> Digest.valueOf(row.getString(1)), tag.name(), repository.id())
                .stream()
                .findFirst();
    }

    /** A deleted manifest, if it can be put back. */
    public Optional<StoredManifest> manifest(Digest digest) throws SQLException {
        return Rows.query(
                        connection,
                        """
                select media_type, payload from deleted
                where digest = ? and repository_id = ? and kind = 'manifest' and restorable_until > now()
                  and payload is not null""",
                        row -> new StoredManifest(digest, row.getString(1), row.getBytes(2)),
                        digest.toString(),
                        repository.id())
                .stream()
                .findFirst();
    }

    /**
     * Shows those of the blobs that are stored in the repository again, where it does not.
     *
     * @return those that are not stored any more
     */
    public Set<Digest> link(Collection<Digest> blobs) throws SQLException {
        Array digests = Rows.texts(connection, blobs, digest -> digest);
        Set<Digest> stored = new HashSet<>(Rows.query(
                connection,
                "select digest from blob where digest = any(?::text[]) order by id for key share",
                row -> Digest.valueOf(row.getString(1)),
                digests));
        Rows.update(connection, """
                insert into repository_blob (repository_id, blob_id)
                select ?, id from blob where digest = any(?::text[]) order by id on conflict do nothing""", repository.id(), digests);
        int shown = Rows.query(connection, """
                select l.blob_id from repository_blob l join blob b on b.id = l.blob_id
                where l.repository_id = ? and b.digest = any(?::text[]) order by l.blob_id for key share of l""", row -> row.getLong(1), repository.id(), digests)
                .size();
        if (shown < stored.size()) {
            throw meanwhile("a link was collected");
        }
        Rows.update(
                connection,
                "delete from deleted where digest = any(?::text[]) and repository_id = ? and kind = 'blob'",
                digests,
                repository.id());
        Set<Digest> missing = new HashSet<>(blobs);
        missing.removeAll(stored);
        return missing;
    }

    /**
     * Makes a tag name a manifest of the repository that is {@linkplain #lock locked}.
     *
     * @return empty if it does already
     */
    public Optional<MovedTag> bind(Tag tag, Digest manifest) throws SQLException {
        long number = lock(manifest).orElseThrow(() -> meanwhile("the manifest was deleted"));
        boolean isBound = Rows.query(
                        connection,
                        "select manifest_id from tag where repository_id = ? and name = ? for update",
                        row -> row.getLong(1),
                        repository.id(),
                        tag.name())
                .contains(number);
        return isBound
                ? Optional.empty()
                : Optional.of(
                        Rows.query(connection, TagRows.MOVE, MovedTag::from, repository.id(), tag.name(), number, false)
                                .getFirst());
    }

    /** Has the transaction done again. */
    static SQLException meanwhile(String what) {
        return new SQLException(what + " meanwhile", Rows.TRY_AGAIN);
    }

    /**
     * Ends what can be restored no longer: bytes of manifests go, and with them all that only an adopted tree would bring back.
     *
     * @param burned tags of which it is kept for ever what they named
     * @return how many rows there were, at most a thousand
     */
    public static int expire(Connection connection, List<BurnedTags> burned) throws SQLException {
        return Rows.query(
                        connection,
                        """
                        with due as (
                            select d.ctid, exists (select from adoption) or exists (
                                select from unnest(?::text[], ?::text[]) as burned (repository, tag)
                                join repository r on r.id = d.repository_id and r.name ~ burned.repository
                                where d.kind = 'tag' and d.name ~ burned.tag) as stays
                            from deleted d where restorable_until <= now()
                            order by restorable_until limit 1000 for update of d skip locked
                        ), kept as (
                            update deleted set payload = null, restorable_until = null
                            where ctid = any(array(select ctid from due where stays))
                        ), gone as (
                            delete from deleted where ctid = any(array(select ctid from due where not stays))
                        )
                        select count(*) from due""",
                        row -> row.getInt(1),
                        Rows.texts(connection, burned, BurnedTags::repository),
                        Rows.texts(connection, burned, BurnedTags::tag))
                .getFirst();
    }

    /** Tags whose names take nothing but what they named: regular expressions of repositories and tags. */
    public record BurnedTags(String repository, String tag) {}
}
