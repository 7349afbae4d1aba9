/** Manifests and tags: how they are put, found, listed and deleted. */
@NullMarked
package com.laincloud.registry.manifest;

import org.jspecify.annotations.NullMarked;
