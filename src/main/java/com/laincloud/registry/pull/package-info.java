/** The plainest pulls, which are nearly all of them, answered without the detour through JAX-RS. */
@NullMarked
package com.laincloud.registry.pull;

import org.jspecify.annotations.NullMarked;
