package com.laincloud.registry.audit;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done to a repository.
 *
 * @param tag the tag it was done to, if to one
 * @param digest of the blob or manifest it was done with
 * @param previousDigest what the tag named until then
 * @param size in bytes, of the blob or manifest
 */
public record Event(
        Action action,
        RepositoryName repository,
        @Nullable Tag tag,
        Digest digest,
        @Nullable Digest previousDigest,
        @Nullable String mediaType,
        @Nullable Long size) {

    /** What can be done. */
    public enum Action {
        BLOB_PUSH("blob.push"),
        BLOB_MOUNT("blob.mount"),
        BLOB_DELETE("blob.delete"),
        MANIFEST_PUSH("manifest.push"),
        MANIFEST_DELETE("manifest.delete"),
        TAG_DELETE("tag.delete");

        private final String word;

        Action(String word) {
            this.word = word;
        }

        /** How the database spells it. */
        String word() {
            return word;
        }
    }

    /** A blob came into the repository or left it. */
    public static Event ofBlob(Action action, RepositoryName repository, Digest digest, long size) {
        return new Event(action, repository, null, digest, null, null, size);
    }
}
