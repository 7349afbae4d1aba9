/**
 * What the OCI image and distribution specifications define, as values without input or output: digests, names,
 * references, descriptors, manifests and error codes. A value that exists is valid; no code checks it twice.
 */
@NullMarked
package com.laincloud.registry.oci;

import org.jspecify.annotations.NullMarked;
