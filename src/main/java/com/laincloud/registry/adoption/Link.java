package com.laincloud.registry.adoption;

import com.laincloud.registry.oci.Digest;
import java.time.Instant;

/**
 * A link file: a digest, written in a directory that a digest gave its name.
 *
 * @param digest what the directory says
 * @param target what the file says: the same, or for a digest of another algorithm than the tree's own, the tree's
 * @param writtenAt when the file was last written
 * @param directory that holds the file, below the storage root
 */
record Link(Digest digest, Digest target, Instant writtenAt, String directory) {}
