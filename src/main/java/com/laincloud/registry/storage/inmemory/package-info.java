/** Blobs and uploads in memory, gone with the process: the reference for the contract, and for trials. */
@NullMarked
package com.laincloud.registry.storage.inmemory;

import org.jspecify.annotations.NullMarked;
