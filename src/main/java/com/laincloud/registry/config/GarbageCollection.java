package com.laincloud.registry.config;

import java.time.Duration;
import java.util.Optional;

/**
 * When what nothing refers to goes.
 *
 * @param blobsAfter how long a blob stays after it came, or after the last manifest that refers to it went
 * @param untaggedAfter how long a manifest stays after the last tag or index that names it; empty: for ever
 * @param historyKept how long a manifest stays after a tag left it, where that is longer
 * @param restorable how long what was deleted or collected can be restored; never longer than {@code blobsAfter}
 * @param interval from one collection to the next; empty: there is none unless one is asked for, or retention has a schedule
 */
public record GarbageCollection(
        Duration blobsAfter,
        Optional<Duration> untaggedAfter,
        Duration historyKept,
        Duration restorable,
        Optional<Duration> interval) {

    /** How long what a client was told to be there stays, though nothing refers to it. */
    public Duration promised() {
        Duration shortest =
                untaggedAfter.filter(window -> window.compareTo(blobsAfter) < 0).orElse(blobsAfter);
        return shortest.dividedBy(2);
    }

    static GarbageCollection read(SettingReader reader) {
        Duration blobsAfter = reader.duration("gc.blobs.after");
        Duration restore = reader.duration("gc.restore");
        return new GarbageCollection(
                blobsAfter,
                reader.optionalDuration("gc.untagged.after"),
                reader.duration("gc.history.keep"),
                restore.compareTo(blobsAfter) < 0 ? restore : blobsAfter,
                reader.optionalInterval("gc.interval"));
    }
}
