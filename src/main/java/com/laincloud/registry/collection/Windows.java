package com.laincloud.registry.collection;

import com.laincloud.registry.config.GarbageCollection;
import java.time.Duration;
import java.util.Optional;

/**
 * How long things stay after the last reference to them went.
 *
 * @param manifests empty: for ever
 * @param history of manifests that a tag named, after the tag left them
 * @param links of blobs in repositories; the bytes go with the last link
 * @param restorable how long what was removed can be restored
 */
public record Windows(Optional<Duration> manifests, Duration history, Duration links, Duration restorable) {

    /** Those that are configured. */
    public static Windows of(GarbageCollection settings) {
        return new Windows(
                settings.untaggedAfter(), settings.historyKept(), settings.blobsAfter(), settings.restorable());
    }

    /** As long for manifests as for blobs, where they stayed for ever. */
    public Windows deletingUntagged() {
        return new Windows(Optional.of(manifests.orElse(links)), history, links, restorable);
    }

    /** None: for those who have no room left. A client that pushes at the moment may have to begin again. */
    public Windows now() {
        return new Windows(manifests.map(window -> Duration.ZERO), Duration.ZERO, Duration.ZERO, restorable);
    }
}
