package com.laincloud.registry.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where bytes lie, and what may be done to them.
 *
 * @param rootDirectory of the filesystem driver
 * @param s3 of the drivers that speak its protocol; empty: it is none of them
 * @param redirects whether clients fetch blobs from the store itself
 * @param reservedBytes how much room uploads leave on the filesystem for everything else
 * @param verifiedWithin how long the bytes of a blob are trusted after they were hashed
 * @param deleteEnabled whether anything may be deleted
 * @param readOnly whether nothing may be changed
 * @param uploadPurging what happens to abandoned uploads
 */
public record Storage(
        Driver driver,
        Path rootDirectory,
        Optional<S3> s3,
        Redirects redirects,
        long reservedBytes,
        Duration verifiedWithin,
        boolean deleteEnabled,
        boolean readOnly,
        UploadPurging uploadPurging) {

    /** The drivers there are. */
    public enum Driver {
        FILESYSTEM,
        INMEMORY,
        S3,
        OSS;

        /** Whether what it holds is still there when the registry starts again. */
        public boolean outlivesRegistry() {
            return this != INMEMORY;
        }
    }
}
