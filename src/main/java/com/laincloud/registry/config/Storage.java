package com.laincloud.registry.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where bytes lie, and what may be done to them.
 *
 * @param rootDirectory of the filesystem driver
 * @param reservedBytes how much room uploads leave on the filesystem for everything else
 * @param verifiedWithin how long the bytes of a blob are trusted after they were hashed
 * @param deleteEnabled whether anything may be deleted
 * @param readOnly whether nothing may be changed
 * @param uploadPurging what becomes of uploads that nobody goes on with
 */
public record Storage(
        Driver driver,
        Path rootDirectory,
        long reservedBytes,
        Duration verifiedWithin,
        boolean deleteEnabled,
        boolean readOnly,
        UploadPurging uploadPurging) {

    /** The drivers there are. */
    public enum Driver {
        FILESYSTEM,
        INMEMORY
    }
}
