package com.laincloud.registry.adoption;

import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.BlobBatch;
import com.laincloud.registry.oci.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A link to a blob in a repository of the tree.
 *
 * @param file its bytes; empty if they are gone from the tree or not what they should be
 * @param isGone whether the bytes are gone from the tree
 * @param directory of the link, below the storage root
 */
record LinkedBlob(Digest digest, Optional<BlobFile> file, boolean isGone, Instant linkedAt, String directory) {

    /** As they go into the index. */
    static List<BlobBatch.Entry> entries(List<LinkedBlob> blobs) {
        return blobs.stream().map(LinkedBlob::entry).toList();
    }

    private BlobBatch.Entry entry() {
        return new BlobBatch.Entry(
                digest,
                file.map(bytes -> new BlobBatch.Stored(new Blob(digest, bytes.size(), bytes.key()), bytes.writtenAt())),
                linkedAt);
    }
}
