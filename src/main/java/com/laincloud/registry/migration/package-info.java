/**
 * Moves all blobs to another storage. They are copied while the registry serves, as often as it takes; then, while none runs, the
 * rest is, and the rows of all blobs change to where their copies are, in one transaction. Until then nothing of the registry or of
 * its storage has changed, so that a move may be killed, or given up, at any moment.
 */
@NullMarked
package com.laincloud.registry.migration;

import org.jspecify.annotations.NullMarked;
