/**
 * Schema 1, for clients that know no other: signed manifests that come in, and images of schema 2 rewritten for them when
 * they ask for a tag.
 */
@NullMarked
package com.laincloud.registry.schema1;

import org.jspecify.annotations.NullMarked;
