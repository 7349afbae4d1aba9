package com.laincloud.registry.config;

import java.nio.file.Path;

/**
 * Where bytes lie, and what may be done to them.
 *
 * @param rootDirectory of the filesystem driver
 * @param deleteEnabled whether anything may be deleted
 * @param readOnly whether nothing may be changed
 */
public record Storage(Driver driver, Path rootDirectory, boolean deleteEnabled, boolean readOnly) {

    /** The drivers there are. */
    public enum Driver {
        FILESYSTEM,
        INMEMORY
    }
}
