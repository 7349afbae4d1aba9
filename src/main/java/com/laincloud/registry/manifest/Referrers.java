package com.laincloud.registry.manifest;

import com.laincloud.registry.adoption.ReadThrough;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.repository.Repositories;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Which manifests are attached to another one, in the order they were pushed: those that name it as their subject, and
 * those that clients, while a registry did not know of referrers, listed in an index under the tag made of its digest.
 *
 * <p>Nothing is kept for the sake of this but an index of the subjects: what a referrer says of itself is read from its
 * own bytes.
 */
@Singleton
public class Referrers {

    /** A page ends before its manifests have more bytes than this together, so that nobody can make it a large one. */
    private static final int MAX_PAGE_BYTES = 4 * 1024 * 1024;

    private static final String QUERY = """
            with found as (
                (select id from manifest
                 where repository_id = ? and subject_digest = ? and id > ? %1$s order by id limit ?)
                union all
                (select m.id from tag t
                 join manifest_reference r on r.parent_id = t.manifest_id join manifest m on m.id = r.child_id
                 where t.repository_id = ? and t.name = ? and m.id > ? and m.subject_digest is null %1$s
                 order by m.id limit ?)
            ), page as (
                select id, digest, media_type, artifact_type, octet_length(payload) as size,
                       sum(octet_length(payload)) over (order by id) as bytes
                from manifest where id in (select id from found) order by id limit ?
            )
            select id, digest, media_type, artifact_type, size,
                   case when bytes <= ? or bytes = size then (select payload from manifest where id = page.id) end as payload
            from page order by id""";

    private final Repositories repositories;
    private final ReadThrough readThrough;
    private final Lookup<Row> all;
    private final Lookup<Row> ofType;

    @Inject
    public Referrers(DataSource database, Repositories repositories, ReadThrough readThrough) {
        this.repositories = repositories;
        this.readThrough = readThrough;
        this.all = new Lookup<>(database, QUERY.formatted(""), Row::of);
        this.ofType = new Lookup<>(database, QUERY.formatted("and artifact_type = ?"), Row::of);
    }

    /**
     * A page of a list.
     *
     * @param next where the next page begins; empty if there is none
     */
    record Listed(List<Referrer> referrers, OptionalLong next) {

        static final Listed NONE = new Listed(List.of(), OptionalLong.empty());
    }

    /**
     * The referrers of a manifest, which need not be there itself; none where there is no such repository.
     *
     * @param artifactType of those that are wanted; null for all
     * @param after where the page begins: 0, or what the page before said
     * @param limit how many at most
     */
    Listed find(RepositoryName repository, Digest subject, @Nullable String artifactType, long after, int limit) {
        readThrough.beforeListing(repository);
        Optional<Long> repositoryId = repositories.find(repository);
        if (repositoryId.isEmpty() || limit == 0) {
            return Listed.NONE;
        }
        List<Row> rows = artifactType == null
                ? all.all(parameters(repositoryId.get(), subject, null, after, limit + 1))
                : ofType.all(parameters(repositoryId.get(), subject, artifactType, after, limit + 1));
        List<Referrer> referrers = rows.stream()
                .limit(limit)
                .takeWhile(row -> row.payload != null)
                .map(Row::referrer)
                .toList();
        return new Listed(
                referrers,
                referrers.size() < rows.size()
                        ? OptionalLong.of(rows.get(referrers.size() - 1).id)
                        : OptionalLong.empty());
    }

    private static Object[] parameters(
            long repositoryId, Digest subject, @Nullable String artifactType, long after, int rows) {
        List<Object> parameters = new ArrayList<>();
        for (Object named : List.of(subject.toString(), fallbackTag(subject).name())) {
            parameters.addAll(List.of(repositoryId, named, after));
            if (artifactType != null) {
                parameters.add(artifactType);
            }
            parameters.add(rows);
        }
        parameters.add(rows);
        parameters.add(MAX_PAGE_BYTES);
        return parameters.toArray();
    }

    /**
     * The tag of the index of referrers that clients keep by themselves.
     *
     * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema">
     *     distribution-spec, referrers tag schema</a>
     */
    private static Tag fallbackTag(Digest subject) {
        String encoded = subject.encoded();
        return new Tag(subject.algorithm().identifier() + "-" + encoded.substring(0, Math.min(encoded.length(), 64)));
    }

    private static final class Row {

        private final long id;
        private final Descriptor descriptor;
        private final @Nullable String artifactType;
        private final byte @Nullable [] payload;

        private Row(long id, Descriptor descriptor, @Nullable String artifactType, byte @Nullable [] payload) {
            this.id = id;
            this.descriptor = descriptor;
            this.artifactType = artifactType;
            this.payload = payload;
        }

        static Row of(ResultSet row) throws SQLException {
            return new Row(
                    row.getLong("id"),
                    new Descriptor(
                            row.getString("media_type"), Digest.valueOf(row.getString("digest")), row.getLong("size")),
                    row.getString("artifact_type"),
                    row.getBytes("payload"));
        }

        Referrer referrer() {
            return new Referrer(descriptor, artifactType, annotations());
        }

        /** What was accepted under other rules than today's is listed nevertheless. */
        private Map<String, String> annotations() {
            try {
                return payload == null
                        ? Map.of()
                        : ManifestParser.parse(payload, descriptor.mediaType()).annotations();
            } catch (RegistryException e) {
                return Map.of();
            }
        }
    }
}
