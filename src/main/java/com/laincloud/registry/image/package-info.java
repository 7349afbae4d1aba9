/**
 * The container image, put together by the build without a container engine. Of no use to the registry itself: neither in
 * the WAR nor in the launcher's jar.
 */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.image;
