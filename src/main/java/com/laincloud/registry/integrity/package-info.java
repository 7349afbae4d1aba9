/**
 * Whether the storage and the index agree: whose storage it is, which blobs have lost their bytes, which bytes no row knows, and
 * whether collection looks at all that nothing refers to.
 */
@NullMarked
package com.laincloud.registry.integrity;

import org.jspecify.annotations.NullMarked;
