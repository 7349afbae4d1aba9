package com.laincloud.registry.blob;

import com.laincloud.registry.index.Blob;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.quota.Quotas;
import com.laincloud.registry.request.Requester;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Shows blobs of one repository in another without sending a byte. The storage is asked before the transaction begins, so that
 * one that hangs keeps no row and no connection.
 *
 * @see <a
 *     href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository">distribution-spec,
 *     mounting a blob</a>
 */
@Singleton
public class Mounts {

    private final Blobs blobs;
    private final BlobBytes bytes;
    private final Quotas quotas;

    @Inject
    public Mounts(Blobs blobs, BlobBytes bytes, Quotas quotas) {
        this.blobs = blobs;
        this.bytes = bytes;
        this.quotas = quotas;
    }

    /**
     * Shows a blob of {@code source} in {@code target}.
     *
     * @return false if {@code source} does not show the blob, or its bytes are not there
     * @throws RegistryException {@link ErrorCode#DENIED} if a quota leaves too little room
     */
    public boolean mount(RepositoryName source, RepositoryName target, Digest digest, Requester requester) {
        Optional<Blob> blob = blobs.findToPull(source, digest).filter(bytes::isWhole);
        blob.ifPresent(found -> quotas.require(
                target, found.size(), () -> blobs.findToPull(target, digest).isPresent()));
        return blob.filter(found -> blobs.show(target, found, requester)).isPresent();
    }

    /**
     * Shows a blob in a repository if any other that the client may pull from does. The client learns of no blob that it could
     * not have pulled: where there is none, the answer is the same as if the blob were not stored at all.
     *
     * @param mayPull whether the client may pull from a repository
     * @return false if there is no such repository
     */
    public boolean mountFromAnywhere(
            RepositoryName target, Digest digest, Predicate<RepositoryName> mayPull, Requester requester) {
        return blobs.repositoryOf(digest, mayPull)
                .filter(source -> mount(source, target, digest, requester))
                .isPresent();
    }
}
