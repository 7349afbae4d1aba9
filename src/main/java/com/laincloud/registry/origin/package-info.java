/** Where else the registry looks for what it has not indexed. */
@NullMarked
package com.laincloud.registry.origin;

import org.jspecify.annotations.NullMarked;
