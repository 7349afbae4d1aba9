/**
 * Who may do what: {@link com.laincloud.registry.access.AccessPolicy} says what each route needs, {@link
 * com.laincloud.registry.access.Access} decides, for every route and every pull, and {@link
 * com.laincloud.registry.access.PushPolicy} judges what is pushed.
 */
@NullMarked
package com.laincloud.registry.access;

import org.jspecify.annotations.NullMarked;
