/** Settings. */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.config;
