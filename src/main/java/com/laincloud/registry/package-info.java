/** The map. */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry;
