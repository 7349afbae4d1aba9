package com.laincloud.registry.storage;

/**
 * A run of an upload's bytes.
 *
 * @param number which of the upload's segments it is; segments of an upload follow each other by number
 * @param length how many of its bytes, from its beginning, belong to the upload
 */
public record Segment(int number, long length) {}
