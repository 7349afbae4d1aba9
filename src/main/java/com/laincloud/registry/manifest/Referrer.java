package com.laincloud.registry.manifest;

import com.laincloud.registry.oci.Descriptor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A manifest that is attached to another one, as a list of referrers describes it.
 *
 * @param artifactType what it is; null where an index does not say
 * @param annotations what its author noted about it
 */
record Referrer(Descriptor descriptor, @Nullable String artifactType, Map<String, String> annotations) {}
