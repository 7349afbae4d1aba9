/**
 * etcd as far as the registry needs it: read what lies at and beneath some keys, and wait until something there changes. Over
 * etcd's gRPC interface (v3) or, for clusters as old as LAIN's, over its HTTP keys interface (v2). Nothing of gRPC is loaded
 * unless v3 is spoken.
 */
@NullMarked
@Vetoed // the container must not look into these classes: without etcd, their libraries are not needed
package com.laincloud.registry.etcd;

import jakarta.enterprise.inject.Vetoed;
import org.jspecify.annotations.NullMarked;
