/** Garbage collection: what nothing refers to goes, while the registry serves; and comes back, if it was a mistake. */
@NullMarked
package com.laincloud.registry.collection;

import org.jspecify.annotations.NullMarked;
