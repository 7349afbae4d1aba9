/**
 * Start and end of the application: the order in which its parts come up, what it tells the launcher about it, and the
 * count of requests that an orderly end waits for.
 */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.lifecycle;
