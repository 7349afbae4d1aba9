package com.laincloud.registry.index;

import java.util.Locale;

/** What can be wrong with a registry that no client and no setting is to blame for. */
public enum IntegrityFault {

    /** A blob whose bytes are not in the storage, or not all of them. To push it again mends it. */
    LOST_BYTES,

    /** Bytes in the storage that no row knows. */
    UNKNOWN_BYTES,

    /** Bytes of a collected blob that could not be deleted, ten times. */
    UNDELETABLE_BYTES,

    /** A thing that nothing refers to and that no collection would have looked at. */
    NOT_REVIEWED;

    /** As {@code audit.integrity} calls it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
