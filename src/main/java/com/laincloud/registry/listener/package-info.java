/**
 * The container's HTTP listener, where its Grizzly can be reached: what must be done to a connection or a request before the
 * container makes an application's request of it. Particular to Payara; without it all works but what is said here.
 */
@NullMarked
package com.laincloud.registry.listener;

import org.jspecify.annotations.NullMarked;
