package com.laincloud.registry.storage;

import java.time.Instant;

/**
 * A key under which bytes lie.
 *
 * @param size how many
 * @param written since when, by the clock of the medium
 */
public record StoredKey(StorageKey key, long size, Instant written) {}
