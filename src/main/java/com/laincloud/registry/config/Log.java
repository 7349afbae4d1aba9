package com.laincloud.registry.config;

import java.util.Map;

/**
 * What is logged, and how.
 *
 * @param fields constant ones, on every line
 * @param accessLog whether every request is a line
 */
public record Log(Level level, Formatter formatter, Map<String, String> fields, boolean accessLog) {

    /** The least severe events that are logged. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    /** What a line looks like. */
    public enum Formatter {
        TEXT,
        JSON
    }
}
