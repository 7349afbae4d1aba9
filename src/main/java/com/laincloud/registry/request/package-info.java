/** What a request says, as values: who asks, which page, under which condition. Nothing here knows of servlets. */
@NullMarked
package com.laincloud.registry.request;

import org.jspecify.annotations.NullMarked;
