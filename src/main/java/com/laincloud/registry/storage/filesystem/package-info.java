/**
 * Blobs and uploads as files of one tree, which several machines may share if it behaves as POSIX says.
 *
 * <pre>
 * docker/registry/v2/
 *   blobs/&lt;algorithm&gt;/&lt;first two digits&gt;/&lt;digits&gt;/&lt;uuid of the upload&gt;    BlobTree
 *   blobs/&lt;algorithm&gt;/&lt;first two digits&gt;/&lt;digits&gt;/data                   as docker/distribution left it; read and deleted
 *   uploads/&lt;uuid of the upload&gt;/&lt;number of the segment&gt;                  UploadTree
 * </pre>
 *
 * A file appears below {@code blobs} by a rename, after its bytes are durable; it is complete from its first moment, and
 * it is never written to again.
 */
@NullMarked
package com.laincloud.registry.storage.filesystem;

import org.jspecify.annotations.NullMarked;
