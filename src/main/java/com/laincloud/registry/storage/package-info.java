/** Where the bytes of blobs lie: one contract, and a package beneath for each driver that keeps it. */
@NullMarked
package com.laincloud.registry.storage;

import org.jspecify.annotations.NullMarked;
