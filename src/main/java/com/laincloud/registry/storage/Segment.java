package com.laincloud.registry.storage;

import java.util.regex.Pattern;

/**
 * A run of an upload's bytes.
 *
 * @param name which of the upload's segments it is; a driver may use it as the name of a file
 * @param length how many of its bytes, from its beginning, belong to the upload
 */
public record Segment(String name, long length) {

    private static final Pattern NAME = Pattern.compile("[0-9a-f-]{1,36}");

    /** @throws IllegalArgumentException if the name is not of digits, of {@code a} to {@code f}, and of hyphens */
    public Segment {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("no name of a segment: " + name);
        }
    }

    /** The same segment with more bytes. */
    public Segment longerBy(long more) {
        return new Segment(name, length + more);
    }
}
