package com.laincloud.registry.manifest;

import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.RegistryException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What manifests refer to. Inserting a link locks what it points to against deletion until the transaction ends; from then
 * on the foreign key protects it.
 */
@Singleton
public class ManifestLinks {

    private final EntityManager entities;

    @Inject
    public ManifestLinks(EntityManager entities) {
        this.entities = entities;
    }

    /**
     * Links a new manifest to its blobs and children, all of which must be in the repository.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_BLOB_UNKNOWN} naming all that are not
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void add(long repositoryId, long manifestId, Manifest manifest) {
        List<String> missing = new ArrayList<>();
        missing.addAll(linkAll(manifest.requiredBlobs(), """
                insert into manifest_blob (manifest_id, repository_id, blob_id)
                select :manifest, l.repository_id, l.blob_id
                from blob b join repository_blob l on l.blob_id = b.id and l.repository_id = :repository
                where b.digest = any(:digests) order by b.id
                returning (select digest from blob where id = blob_id)""", repositoryId, manifestId));
        missing.addAll(linkAll(manifest.children(), """
                insert into manifest_reference (parent_id, child_id)
                select :manifest, id from manifest
                where repository_id = :repository and digest = any(:digests) order by id
                returning (select digest from manifest where id = child_id)""", repositoryId, manifestId));
        if (!missing.isEmpty()) {
            throw new RegistryException(ErrorCode.MANIFEST_BLOB_UNKNOWN, missing);
        }
    }

    /** Inserts the links there can be, and returns the digests of the descriptors there is nothing for. */
    private Collection<String> linkAll(
            List<Descriptor> descriptors, String insert, long repositoryId, long manifestId) {
        Set<String> missing = new HashSet<>();
        descriptors.forEach(descriptor -> missing.add(descriptor.digest().toString()));
        if (!missing.isEmpty()) {
            List<?> linked = entities.createNativeQuery(insert)
                    .setParameter("manifest", manifestId)
                    .setParameter("repository", repositoryId)
                    .setParameter("digests", missing.toArray(String[]::new))
                    .getResultList();
            missing.removeAll(linked);
        }
        return missing;
    }
}
