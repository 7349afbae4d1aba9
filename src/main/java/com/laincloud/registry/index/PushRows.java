package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.index.LinkRows.ReferredBlob;
import com.laincloud.registry.index.TagRows.MovedTag;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What a push of a manifest changes in the index, in one statement. */
@Singleton
public class PushRows {

    private static final String PUSH = """
            select repository_number, manifest_number, is_new, sizes, reused, previous, moments
            from push_manifest(?, ?, ?, ?, ?, ?, ?, ?, ?) where repository_number is not null""";

    private final DataSource database;

    @Inject
    public PushRows(DataSource database) {
        this.database = database;
    }

    /**
     * A manifest that is pushed.
     *
     * @param subject the digest of the manifest it is attached to
     * @param blobs what it refers to, each once
     */
    public record NewManifest(
            StoredManifest manifest,
            @Nullable String artifactType,
            @Nullable Digest subject,
            Collection<Digest> blobs) {}

    /**
     * What a push has changed.
     *
     * @param isNew whether the repository did not have the manifest; if it had, the row is locked until the transaction ends
     * @param blobs those that a new manifest was linked to
     * @param tags what became of each tag, in their order
     */
    public record PushedRows(
            long repositoryId, long manifestId, boolean isNew, Map<Digest, ReferredBlob> blobs, List<MovedTag> tags) {}

    /**
     * Adds a manifest with the links to those of its blobs that the repository shows, or locks the one that is there, and makes
     * tags name it. No other transaction can move these tags until this one ends. The window of a manifest without a tag opens.
     *
     * @param tags in the order of their names, so that no two transactions wait for each other
     * @param isBurned whether a tag that was deleted may name nothing but what it named
     * @return empty if there is no such repository
     * @throws RegistryException {@link com.laincloud.registry.oci.ErrorCode#TAG_IMMUTABLE}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Optional<PushedRows> push(
            RepositoryName repository, NewManifest pushed, List<Tag> tags, Predicate<Tag> isBurned) {
        StoredManifest manifest = pushed.manifest();
        List<Digest> blobs = pushed.blobs().stream().distinct().toList();
        return TagRows.refusingBurned(() -> Rows.query(
                        database,
                        PUSH,
                        row -> pushed(row, blobs),
                        repository.value(),
                        manifest.digest().toString(),
                        manifest.mediaType(),
                        pushed.artifactType(),
                        pushed.subject() == null ? null : pushed.subject().toString(),
                        manifest.payload(),
                        blobs.stream().map(Digest::toString).toArray(String[]::new),
                        tags.stream().map(Tag::name).toArray(String[]::new),
                        tags.stream().map(isBurned::test).toArray(Boolean[]::new))
                .stream()
                .findFirst());
    }

    private static PushedRows pushed(ResultSet row, List<Digest> blobs) throws SQLException {
        return new PushedRows(
                row.getLong(1),
                row.getLong(2),
                row.getBoolean(3),
                LinkRows.linked(blobs, row.getArray(4), row.getArray(5)),
                MovedTag.all(row.getArray(6), row.getArray(7)));
    }
}
