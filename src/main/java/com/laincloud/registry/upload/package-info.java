/** Upload sessions: how bytes arrive, resume, and become blobs. */
@NullMarked
package com.laincloud.registry.upload;

import org.jspecify.annotations.NullMarked;
