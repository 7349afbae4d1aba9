/** Payara's HTTP connector behind the Servlet API: the connection of a request, and files sent without copying them. */
@NullMarked
package com.laincloud.registry.connector;

import org.jspecify.annotations.NullMarked;
