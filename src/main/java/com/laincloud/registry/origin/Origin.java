package com.laincloud.registry.origin;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import java.util.Collection;

/**
 * Has content that the registry has not indexed yet, and brings it into the index when it is asked for. What an origin brings
 * is committed when it answers. It may take long, so that none of this is called in a transaction.
 */
public interface Origin {

    /** Brings a blob that was not found. Returns whether it is worth looking for it again. */
    boolean bringBlob(RepositoryName repository, Digest digest);

    /** Brings a manifest that was not found. Returns whether it is worth looking for it again. */
    boolean bringManifest(RepositoryName repository, Reference reference);

    /**
     * Before a manifest is put: brings what it refers to, and what the tags name until now, which conditions may depend on
     * and the record of the push will tell.
     */
    void beforePush(RepositoryName repository, Collection<Tag> tags, Manifest manifest);

    /** Before a repository is listed: brings the whole of it. */
    void beforeListing(RepositoryName repository);

    /** Before something is deleted: brings what refers to it, which protects it from then on. */
    void beforeDeletion(RepositoryName repository);
}
