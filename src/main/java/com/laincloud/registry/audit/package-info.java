/** The record of what was done, by whom and from where: one row an event, in the transaction that does it. */
@NullMarked
package com.laincloud.registry.audit;

import org.jspecify.annotations.NullMarked;
