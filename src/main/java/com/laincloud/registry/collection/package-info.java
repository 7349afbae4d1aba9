/** Garbage collection: what nothing refers to goes, while the registry serves. */
@NullMarked
package com.laincloud.registry.collection;

import org.jspecify.annotations.NullMarked;
