/**
 * The way to the database: the data source the container pools, and the schema's migrations. Which database it is, an
 * embedded one or that of {@code registry.database.url}, is known here and nowhere else.
 */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.database;
