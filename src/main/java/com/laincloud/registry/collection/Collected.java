package com.laincloud.registry.collection;

/**
 * What a collection has done so far.
 *
 * @param links how many blobs were taken out of repositories
 * @param bytes of the blobs that no repository shows any more
 * @param purged how many files were deleted
 * @param failed how many files could not be, which another run tries again
 */
public record Collected(long manifests, long links, long blobs, long bytes, long purged, long failed) {

    static final Collected NOTHING = new Collected(0, 0, 0, 0, 0, 0);

    Collected plusManifests(long more) {
        return new Collected(manifests + more, links, blobs, bytes, purged, failed);
    }

    Collected plusLinks(long more) {
        return new Collected(manifests, links + more, blobs, bytes, purged, failed);
    }

    Collected plusBlobs(long more, long theirBytes) {
        return new Collected(manifests, links, blobs + more, bytes + theirBytes, purged, failed);
    }

    Collected plusPurged(long more, long moreFailed) {
        return new Collected(manifests, links, blobs, bytes, purged + more, failed + moreFailed);
    }

    @Override
    public String toString() {
        return manifests + " manifests, " + links + " links to blobs, " + blobs + " blobs of " + bytes
                + " bytes removed; " + purged + " files deleted" + (failed == 0 ? "" : ", " + failed + " could not be");
    }
}
