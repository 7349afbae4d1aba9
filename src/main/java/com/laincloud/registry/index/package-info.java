/**
 * The index: which repository shows which blobs, manifests and tags. The SQL on these tables stands here and nowhere
 * else; the rules, and the transactions, stand with the nouns that use it.
 *
 * <p>A statement that a request waits for is a look-up by key: it reads at most 40 buffers, however large and skewed the
 * tables are and whichever plan the database chooses.
 */
@NullMarked
package com.laincloud.registry.index;

import org.jspecify.annotations.NullMarked;
