package com.laincloud.registry.audit;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done to a repository.
 *
 * @param tag the tag it was done to, if to one
 * @param digest of the blob or manifest it was done with
 * @param previousDigest what the tag named until then
 * @param at when the tag changed: later than each earlier change of it; null for what the clock alone orders
 * @param size in bytes, of the blob or manifest
 * @param imageSize in bytes, of all that a manifest consists of: configuration and layers, each once
 * @param reused how many of the bytes were there before: of an image in the repository, of a blob in the registry
 */
public record Event(
        Action action,
        RepositoryName repository,
        @Nullable Tag tag,
        Digest digest,
        @Nullable Digest previousDigest,
        @Nullable Instant at,
        @Nullable String mediaType,
        @Nullable Long size,
        @Nullable Long imageSize,
        @Nullable Long reused) {

    /** What can be done. */
    public enum Action {
        BLOB_PUSH("blob.push"),
        BLOB_MOUNT("blob.mount"),
        BLOB_DELETE("blob.delete"),
        MANIFEST_PUSH("manifest.push"),
        MANIFEST_DELETE("manifest.delete"),
        TAG_DELETE("tag.delete"),
        TAG_RELEASE("tag.release");

        private final String word;

        Action(String word) {
            this.word = word;
        }

        /** How the database spells it. */
        String word() {
            return word;
        }
    }

    /** A blob was uploaded. */
    public static Event blobPush(RepositoryName repository, Digest digest, long size, long reused) {
        return ofBlob(Action.BLOB_PUSH, repository, digest, size, reused);
    }

    /** A blob was linked from another repository, so that no byte was sent. */
    public static Event blobMount(RepositoryName repository, Digest digest, long size) {
        return ofBlob(Action.BLOB_MOUNT, repository, digest, size, size);
    }

    /** A blob was taken out of a repository. */
    public static Event blobDelete(RepositoryName repository, Digest digest, long size) {
        return ofBlob(Action.BLOB_DELETE, repository, digest, size, null);
    }

    private static Event ofBlob(
            Action action, RepositoryName repository, Digest digest, long size, @Nullable Long reused) {
        return new Event(action, repository, null, digest, null, null, null, size, null, reused);
    }

    /** A manifest was put. */
    public static Event manifestPush(
            RepositoryName repository, Digest digest, String mediaType, long size, long imageSize, long reused) {
        return new Event(
                Action.MANIFEST_PUSH, repository, null, digest, null, null, mediaType, size, imageSize, reused);
    }

    /** The same, where a tag names it from now on. */
    public Event named(Tag name, @Nullable Digest previous, Instant since) {
        return new Event(action, repository, name, digest, previous, since, mediaType, size, imageSize, reused);
    }

    /** The same once more: by now, all of it is there. */
    public Event again() {
        return new Event(action, repository, tag, digest, previousDigest, at, mediaType, size, imageSize, imageSize);
    }

    /** A manifest was deleted. */
    public static Event manifestDelete(RepositoryName repository, Digest digest) {
        return new Event(Action.MANIFEST_DELETE, repository, null, digest, null, null, null, null, null, null);
    }

    /**
     * A tag was deleted.
     *
     * @param digest what it named
     */
    public static Event tagDelete(RepositoryName repository, Tag tag, Digest digest, Instant at) {
        return new Event(Action.TAG_DELETE, repository, tag, digest, null, at, null, null, null, null);
    }

    /**
     * A release made a tag name a manifest that was there already.
     *
     * @param previous what it named until then; null if it is new
     */
    public static Event tagRelease(
            RepositoryName repository, Tag tag, Digest digest, @Nullable Digest previous, Instant at) {
        return new Event(Action.TAG_RELEASE, repository, tag, digest, previous, at, null, null, null, null);
    }
}
