package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Tally.Counts;
import java.util.Locale;

/**
 * What a pass has come to.
 *
 * @param broken how many items were left alone
 * @param leftovers how many links lead to what garbage collection has removed, which is no loss
 */
record Summary(long repositories, Counts counts, long broken, long leftovers) {

    @Override
    public String toString() {
        String found = String.format(
                Locale.ROOT,
                "%,d repositories, %,d tags, %,d manifests, %,d blobs (%s) are new in the index, out of %,d links",
                repositories,
                counts.tags(),
                counts.manifests(),
                counts.blobs(),
                Progress.bytes(counts.bytes()),
                counts.links());
        return found + leftAlone();
    }

    private String leftAlone() {
        String text = broken == 0
                ? "; nothing is broken"
                : String.format(Locale.ROOT, "; %,d broken items were left alone: see audit.import_problem", broken);
        return leftovers == 0
                ? text
                : text + String.format(Locale.ROOT, "; %,d links lead to blobs that were collected", leftovers);
    }
}
