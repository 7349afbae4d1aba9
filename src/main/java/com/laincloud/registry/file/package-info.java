/** Small files that the registry writes for itself. */
@NullMarked
package com.laincloud.registry.file;

import org.jspecify.annotations.NullMarked;
