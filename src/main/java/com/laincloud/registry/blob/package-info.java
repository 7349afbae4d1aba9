/** Blobs: their rows, what is visible in which repository, and how they are served. */
@NullMarked
package com.laincloud.registry.blob;

import org.jspecify.annotations.NullMarked;
