/** What an administrator asks the running registry itself: {@code /admin/}. */
@NullMarked
package com.laincloud.registry.admin;

import org.jspecify.annotations.NullMarked;
