package com.laincloud.registry.index;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The manifests that are attached to another one, in the order of their rows. */
@Singleton
public class ReferrerRows {

    private static final String QUERY = """
            with found as (
                (select id, digest, media_type, artifact_type, payload from manifest
                 where repository_id = ? and subject_digest = ? and id > ? %1$s order by id limit ?)
                union all
                (select m.id, m.digest, m.media_type, m.artifact_type, m.payload
                 from manifest_reference r join manifest m on m.id = r.child_id
                 where r.parent_id = (select manifest_id from tag where repository_id = ? and name = ?)
                   and r.child_id > ? and m.subject_digest is null %1$s
                 order by m.id limit ?)
            ), page as (
                select *, octet_length(payload) as size, sum(octet_length(payload)) over (order by id) as bytes
                from found order by id limit ?
            )
            select id, digest, media_type, artifact_type, size,
                   case when bytes <= ? or bytes = size then payload end as payload
            from page order by id""";

    private final Lookup<AttachedManifest> all;
    private final Lookup<AttachedManifest> ofType;

    @Inject
    public ReferrerRows(DataSource database) {
        this.all = Lookup.plannedAnew(database, QUERY.formatted(""), AttachedManifest::of);
        this.ofType = Lookup.plannedAnew(database, QUERY.formatted("and artifact_type = ?"), AttachedManifest::of);
    }

    /**
     * A manifest that is attached to another one.
     *
     * @param id of its row
     * @param content its bytes; null where the page has no room for them
     */
    public record AttachedManifest(
            long id,
            Descriptor descriptor,
            @Nullable String artifactType,
            @Nullable StoredManifest content) {

        private static AttachedManifest of(ResultSet row) throws SQLException {
            Digest digest = Digest.valueOf(row.getString("digest"));
            String mediaType = row.getString("media_type");
            byte[] payload = row.getBytes("payload");
            return new AttachedManifest(
                    row.getLong("id"),
                    new Descriptor(mediaType, digest, row.getLong("size")),
                    row.getString("artifact_type"),
                    payload == null ? null : new StoredManifest(digest, mediaType, payload));
        }
    }

    /**
     * Manifests that name a subject, and those in the index under a tag that name none.
     *
     * @param artifactType of those that are wanted; null for all
     * @param after which row's number the page begins after
     * @param limit how many at most
     * @param bytes how many bytes of payload at most; the first manifest has its payload in any case
     */
    public List<AttachedManifest> find(
            long repositoryId,
            Digest subject,
            Tag index,
            @Nullable String artifactType,
            long after,
            int limit,
            int bytes) {
        List<Object> parameters = new ArrayList<>();
        for (Object named : List.of(subject.toString(), index.name())) {
            parameters.addAll(List.of(repositoryId, named, after));
            if (artifactType != null) {
                parameters.add(artifactType);
            }
            parameters.add(limit);
        }
        parameters.addAll(List.of(limit, bytes));
        return (artifactType == null ? all : ofType).all(parameters.toArray());
    }
}
