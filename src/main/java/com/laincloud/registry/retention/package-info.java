/** Tags that go by rules, so that collection has something to collect; and why they went. */
@NullMarked
package com.laincloud.registry.retention;

import org.jspecify.annotations.NullMarked;
