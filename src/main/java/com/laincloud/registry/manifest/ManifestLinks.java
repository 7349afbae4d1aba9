package com.laincloud.registry.manifest;

import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.RegistryException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What manifests refer to. Inserting a link locks what it points to against deletion until the transaction ends; from then
 * on the foreign key protects it. What is not there, where that is allowed, is noted by its digest, and protected by that
 * once it comes.
 */
@Singleton
public class ManifestLinks {

    /** How many indexes may stand above an image, one in the other. */
    private static final int MAX_NESTING = 8;

    private final EntityManager entities;
    private final ManifestRules rules;

    @Inject
    public ManifestLinks(EntityManager entities, ManifestRules rules) {
        this.entities = entities;
        this.rules = rules;
    }

    /**
     * Links a new manifest to its blobs and children, all of which must be in the repository unless the settings say
     * otherwise.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_BLOB_UNKNOWN} naming all that must be there and are not;
     *     {@link ErrorCode#MANIFEST_INVALID} if indexes are nested too deeply
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void add(long repositoryId, long manifestId, Manifest manifest) {
        link(repositoryId, manifestId, manifest.requiredBlobs(), manifest.children());
    }

    /**
     * Links a manifest that is put again to what it lacked when it came first.
     *
     * @throws RegistryException as {@link #add}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void mend(long repositoryId, long manifestId, Manifest manifest) {
        List<?> noted = entities.createNativeQuery(
                        "delete from missing_reference where manifest_id = :manifest returning digest")
                .setParameter("manifest", manifestId)
                .getResultList();
        if (!noted.isEmpty()) {
            Predicate<Descriptor> wasMissing =
                    descriptor -> noted.contains(descriptor.digest().toString());
            link(
                    repositoryId,
                    manifestId,
                    manifest.requiredBlobs().stream().filter(wasMissing).toList(),
                    manifest.children().stream().filter(wasMissing).toList());
        }
    }

    private void link(long repositoryId, long manifestId, List<Descriptor> blobs, List<Descriptor> children) {
        List<Descriptor> missingBlobs = linkAll(blobs, """
                insert into manifest_blob (manifest_id, repository_id, blob_id)
                select :manifest, l.repository_id, l.blob_id
                from blob b join repository_blob l on l.blob_id = b.id and l.repository_id = :repository
                where b.digest = any(:digests) order by b.id
                returning (select digest from blob where id = blob_id)""", repositoryId, manifestId);
        List<Descriptor> missingChildren = linkAll(children, """
                insert into manifest_reference (parent_id, child_id)
                select :manifest, id from manifest
                where repository_id = :repository and digest = any(:digests) order by id
                returning (select digest from manifest where id = child_id)""", repositoryId, manifestId);
        List<String> required = Stream.concat(
                        missingBlobs.stream().filter(blob -> rules.isBlobRequired()),
                        missingChildren.stream().filter(rules::isRequired))
                .map(descriptor -> descriptor.digest().toString())
                .distinct()
                .toList();
        if (!required.isEmpty()) {
            throw new RegistryException(ErrorCode.MANIFEST_BLOB_UNKNOWN, required);
        }
        noteMissing(
                repositoryId,
                manifestId,
                Stream.concat(missingBlobs.stream(), missingChildren.stream()).toList());
        if (!children.isEmpty()) {
            requireShallow(manifestId);
        }
    }

    /** Inserts the links there can be, and returns the descriptors there is nothing for. */
    private List<Descriptor> linkAll(List<Descriptor> descriptors, String insert, long repositoryId, long manifestId) {
        if (descriptors.isEmpty()) {
            return List.of();
        }
        List<?> linked = entities.createNativeQuery(insert)
                .setParameter("manifest", manifestId)
                .setParameter("repository", repositoryId)
                .setParameter("digests", digests(descriptors))
                .getResultList();
        Set<Object> present = new HashSet<>(linked);
        return descriptors.stream()
                .filter(descriptor -> !present.contains(descriptor.digest().toString()))
                .toList();
    }

    private void noteMissing(long repositoryId, long manifestId, List<Descriptor> missing) {
        if (!missing.isEmpty()) {
            entities.createNativeQuery("""
                            insert into missing_reference (manifest_id, repository_id, digest)
                            select :manifest, :repository, digest from unnest(:digests) as missing (digest)""")
                    .setParameter("manifest", manifestId)
                    .setParameter("repository", repositoryId)
                    .setParameter("digests", digests(missing))
                    .executeUpdate();
        }
    }

    private void requireShallow(long manifestId) {
        Object nesting = entities.createNativeQuery("""
                        with recursive below (id, nesting) as (
                            select child_id, 1 from manifest_reference where parent_id = :manifest
                            union
                            select r.child_id, b.nesting + 1
                            from below b join manifest_reference r on r.parent_id = b.id where b.nesting <= :most)
                        select coalesce(max(nesting), 0) from below""")
                .setParameter("manifest", manifestId)
                .setParameter("most", MAX_NESTING)
                .getSingleResult();
        if (((Number) nesting).intValue() > MAX_NESTING) {
            throw new RegistryException(
                    ErrorCode.MANIFEST_INVALID, "indexes are nested more than " + MAX_NESTING + " deep");
        }
    }

    private static String[] digests(List<Descriptor> descriptors) {
        return descriptors.stream()
                .map(descriptor -> descriptor.digest().toString())
                .distinct()
                .toArray(String[]::new);
    }
}
