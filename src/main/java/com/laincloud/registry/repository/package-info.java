/** Repositories: their names and rows, and the catalog of them. */
@NullMarked
package com.laincloud.registry.repository;

import org.jspecify.annotations.NullMarked;
