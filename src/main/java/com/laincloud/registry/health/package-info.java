/**
 * What {@code /health} tells: whether the parts that the registry cannot answer without are there. MicroProfile Health serves
 * {@code /health}, {@code /health/ready} and {@code /health/live}, to every client, and answers 503 when a part is down.
 */
@NullMarked
package com.laincloud.registry.health;

import org.jspecify.annotations.NullMarked;
