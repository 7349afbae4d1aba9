/** Which driver the settings ask for. */
@NullMarked
package com.laincloud.registry.storage.configured;

import org.jspecify.annotations.NullMarked;
