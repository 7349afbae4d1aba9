/**
 * Takes over the tree that a docker/distribution 2.x left below the storage root, in files or in a bucket, without moving
 * or copying a byte: its link files become rows, and the rows name its files. It keeps serving as it is meanwhile, and could
 * go back to its old owner afterwards.
 *
 * <pre>
 * docker/registry/v2/
 *   blobs/&lt;algorithm&gt;/&lt;first two digits&gt;/&lt;digits&gt;/data     bytes, of layers, configs and manifests alike
 *   repositories/&lt;name&gt;/
 *     _layers/&lt;algorithm&gt;/&lt;digits&gt;/link                  the repository shows this blob
 *     _manifests/revisions/&lt;algorithm&gt;/&lt;digits&gt;/link     … and this manifest; without link, it was deleted
 *     _manifests/tags/&lt;tag&gt;/current/link                 what the tag names
 *     _manifests/tags/&lt;tag&gt;/index/&lt;algorithm&gt;/&lt;digits&gt;/link  … and named before: its history, by the files' times
 * </pre>
 *
 * <p>A <em>pass</em> ({@link com.laincloud.registry.adoption.Import}) goes through all repositories. It may be killed at any
 * moment: what it wrote is whole, and the next run goes on with the repositories that are left. While there is an
 * unfinished pass, {@link com.laincloud.registry.adoption.ReadThrough} indexes on the spot whatever is asked for and not
 * yet indexed. What was deleted in this registry never comes back from the tree, and a tag that was moved in it stays where
 * it was moved.
 */
@NullMarked
package com.laincloud.registry.adoption;

import org.jspecify.annotations.NullMarked;
