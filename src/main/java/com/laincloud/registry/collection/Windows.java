package com.laincloud.registry.collection;

import com.laincloud.registry.config.GarbageCollection;
import java.time.Duration;
import java.util.Optional;

/**
 * How long things stay after the last reference to them went.
 *
 * @param manifests empty: for ever
 * @param links of blobs in repositories; the bytes go with the last link
 */
public record Windows(Optional<Duration> manifests, Duration links) {

    /** Those that are configured. */
    public static Windows of(GarbageCollection settings) {
        return new Windows(settings.untaggedAfter(), settings.blobsAfter());
    }

    /** As long for manifests as for blobs, where they stayed for ever. */
    public Windows deletingUntagged() {
        return new Windows(Optional.of(manifests.orElse(links)), links);
    }

    /** None: for those who have no room left. A client that pushes at the moment may have to begin again. */
    public Windows now() {
        return new Windows(manifests.map(window -> Duration.ZERO), Duration.ZERO);
    }
}
