package com.laincloud.registry.integrity;

/**
 * How much a check has found.
 *
 * @param unreviewed things that collection would have missed, and looks at now
 * @param lost blobs whose bytes are lost
 * @param unknown bytes that no row knows, and that stay
 * @param purged bytes that no row knew, and that a collection deletes
 */
public record Faults(long unreviewed, long lost, long unknown, long purged) {

    static final Faults NONE = new Faults(0, 0, 0, 0);

    Faults plusUnreviewed(long more) {
        return new Faults(unreviewed + more, lost, unknown, purged);
    }

    Faults plusLost(long more) {
        return new Faults(unreviewed, lost + more, unknown, purged);
    }

    Faults plusUnknown(long more) {
        return new Faults(unreviewed, lost, unknown + more, purged);
    }

    Faults plusPurged(long more) {
        return new Faults(unreviewed, lost, unknown, purged + more);
    }

    /** Whether all was well. */
    public boolean isEmpty() {
        return equals(NONE);
    }

    /** Whether nothing is wrong any more: what collection would have missed is looked at, and unknown bytes go. */
    public boolean isMended() {
        return lost == 0 && unknown == 0;
    }

    @Override
    public String toString() {
        return lost + " blobs without their bytes, " + unknown + " files that no row knows, " + purged
                + " such files to be deleted, " + unreviewed + " things that collection would have missed";
    }
}
