/** What every endpoint shares: headers, error answers, ranges, pages, addresses, the access log and file sending. */
@NullMarked
package com.laincloud.registry.http;

import org.jspecify.annotations.NullMarked;
