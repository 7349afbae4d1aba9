package com.laincloud.registry.adoption;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What an import has done so far; counted by many threads. */
final class Tally {

    private final LongAdder links = new LongAdder();
    private final LongAdder blobs = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder manifests = new LongAdder();
    private final LongAdder tags = new LongAdder();
    private final LongAdder bytesRead = new LongAdder();

    /**
     * The numbers of one moment.
     *
     * @param links link files read
     * @param blobs that were new to the index
     * @param bytes of these blobs
     * @param manifests that were new to the index
     * @param tags that were new to the index, or moved
     */
    record Counts(long links, long blobs, long bytes, long manifests, long tags) {

        static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        Counts since(Counts before) {
            return new Counts(
                    links - before.links,
                    blobs - before.blobs,
                    bytes - before.bytes,
                    manifests - before.manifests,
                    tags - before.tags);
        }
    }

    void readLinks(long count) {
        links.add(count);
    }

    void readBytes(long count) {
        bytesRead.add(count);
    }

    /** Blobs of these sizes were added. */
    void addedBlobs(List<Long> sizes) {
        blobs.add(sizes.size());
        bytes.add(sizes.stream().mapToLong(Long::longValue).sum());
    }

    void addedManifests(long count) {
        manifests.add(count);
    }

    void addedTags(long count) {
        tags.add(count);
    }

    Counts counts() {
        return new Counts(links.sum(), blobs.sum(), bytes.sum(), manifests.sum(), tags.sum());
    }

    /** How many bytes were hashed. */
    long bytesRead() {
        return bytesRead.sum();
    }
}
