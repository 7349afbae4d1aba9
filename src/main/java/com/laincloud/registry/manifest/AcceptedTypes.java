package com.laincloud.registry.manifest;

import java.util.List;
import java.util.stream.Stream;

/** The media types a client says it can read: all of them if it says nothing. */
public record AcceptedTypes(List<String> types) {

    /** The types that the lines of an {@code Accept} header name, whatever their order and preference. */
    public static AcceptedTypes of(List<String> acceptLines) {
        return new AcceptedTypes(acceptLines.stream()
                .flatMap(line -> Stream.of(line.split(",", -1)))
                .map(type -> type.split(";", 2)[0].strip())
                .filter(type -> !type.isEmpty())
                .toList());
    }

    /** Whether the client names this very type. */
    public boolean name(String mediaType) {
        return types.contains(mediaType);
    }

    /** Whether the client says nothing at all. */
    boolean areUnsaid() {
        return types.isEmpty();
    }

    boolean include(String mediaType) {
        return types.isEmpty() || types.contains("*/*") || types.contains("application/*") || types.contains(mediaType);
    }
}
