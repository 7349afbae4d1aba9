package com.laincloud.registry.adoption;

import com.laincloud.registry.index.TagBatch;
import com.laincloud.registry.index.TagBatch.Binding;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the tree tells of a tag.
 *
 * @param history what it named and since when, in the order of time; if it names something now, that stands last
 * @param current what it names now
 * @param end since when it names nothing, and why; empty if it names something
 * @param directory of the tag, below the storage root
 */
record TagFiles(Tag tag, List<Binding> history, Optional<Binding> current, Optional<End> end, String directory) {

    /**
     * A tag names nothing any more.
     *
     * @param at the latest moment at which that began
     * @param fault why, for people
     */
    record End(Instant at, String fault) {}

    /** As it goes into the index. */
    TagBatch.Entry entry() {
        return new TagBatch.Entry(tag, history, current, end.map(End::at));
    }

    /** A tag that names {@code current}, and for all that is known named nothing else later. */
    static TagFiles naming(Tag tag, List<Link> index, Link current, String directory) {
        List<Binding> history = before(index, current.target());
        Instant since = index.stream()
                .filter(link -> link.target().equals(current.target()))
                .map(Link::writtenAt)
                .findFirst()
                .orElse(current.writtenAt());
        // a tree whose files were copied has lost their times, but not what each tag names now
        Binding last = new Binding(
                current.target(),
                history.isEmpty() || history.getLast().since().isBefore(since)
                        ? since
                        : history.getLast().since());
        history.add(last);
        return new TagFiles(tag, history, Optional.of(last), Optional.empty(), directory);
    }

    /** A tag that names nothing any more. */
    static TagFiles ended(Tag tag, List<Link> index, End end, String directory) {
        return new TagFiles(tag, before(index, null), Optional.empty(), Optional.of(end), directory);
    }

    /** The same tag, without what it names. */
    TagFiles ended(End end) {
        return new TagFiles(tag, history, Optional.empty(), Optional.of(end), directory);
    }

    private static List<Binding> before(List<Link> index, @Nullable Digest current) {
        List<Binding> history = new ArrayList<>(index.stream()
                .filter(link -> !link.target().equals(current))
                .map(link -> new Binding(link.target(), link.writtenAt()))
                .toList());
        history.sort(Comparator.comparing(Binding::since)
                .thenComparing(binding -> binding.digest().toString()));
        return history;
    }
}
