/** Who is let in to do what, seen from outside: with a token service, with passwords, and as LAIN's parts do it. */
@NullMarked
package com.laincloud.registry.it.auth;

import org.jspecify.annotations.NullMarked;
