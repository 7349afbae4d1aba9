package com.laincloud.registry.storage.s3;

import com.laincloud.registry.storage.StorageException;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The condition that an object is not there yet, for one kind of request. The first request finds out whether the store knows it;
 * one that refuses it is written to without, because the names of objects are random.
 */
final class WriteOnce {

    private static final System.Logger LOG = System.getLogger(WriteOnce.class.getName());
    private static final String NOTHING_THERE = "*";

    private volatile boolean isKnown;
    private volatile boolean isRefused;

    /**
     * Writes, by a request that is given the value of {@code If-None-Match}, or none.
     *
     * @throws StorageException also if the object is there already
     */
    void write(Consumer<@Nullable String> request) {
        if (isRefused) {
            request.accept(null);
            return;
        }
        try {
            request.accept(NOTHING_THERE);
            isKnown = true;
        } catch (StorageException e) {
            if (isKnown || !S3Fault.isOfTheRequest(e)) {
                throw e;
            }
            request.accept(null);
            isRefused = true;
            LOG.log(
                    Level.WARNING,
                    "objects are written without If-None-Match, which the store refuses: " + e.getMessage());
        }
    }
}
