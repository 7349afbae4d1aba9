/** How much repositories may hold, and whether more fits. */
@NullMarked
package com.laincloud.registry.quota;

import org.jspecify.annotations.NullMarked;
