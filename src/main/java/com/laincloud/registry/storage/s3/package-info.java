/**
 * Blobs and uploads as objects of one bucket, which any number of instances may share.
 *
 * <pre>
 * docker/registry/v2/objects/&lt;two digits&gt;/&lt;uuid of the upload&gt;/&lt;segment&gt;   one writer's bytes     ObjectWriter
 * docker/registry/v2/objects/&lt;two digits&gt;/&lt;uuid of the upload&gt;/&lt;uuid&gt;      several segments' bytes  Composition
 * registry-identity, registry-audit-heads                               what a registry keeps beside them
 * </pre>
 *
 * An object appears complete, when its writer ends, and is never written again; the only segment of an upload is the blob as it
 * lies. Which objects are blobs, the rows that name them tell alone.
 */
@NullMarked
@Vetoed // the container is not to look into classes whose libraries are loaded for this driver alone
package com.laincloud.registry.storage.s3;

import jakarta.enterprise.inject.Vetoed;
import org.jspecify.annotations.NullMarked;
