/** What tests put into the WAR to look at it from inside. */
@NullMarked
package com.laincloud.registry.it.probe;

import org.jspecify.annotations.NullMarked;
