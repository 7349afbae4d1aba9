package com.laincloud.registry.manifest;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.request.EntityTags;
import com.laincloud.registry.request.Precondition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Tags that are to name other manifests, all at once. It is written in lines of words between spaces:
 *
 * <pre>
 * REPOSITORY TAG DIGEST            whatever the tag names now
 * REPOSITORY TAG DIGEST EXPECTED   if the tag names the digest EXPECTED
 * REPOSITORY TAG DIGEST -          if there is no such tag
 * # a remark
 * </pre>
 *
 * @param lines in the order of their repositories and tags, at most 1000, no two of one tag
 */
record Release(List<Line> lines) {

    /** How many bytes a release may have. */
    static final int MAX_LENGTH = 1 << 20;

    private static final Comparator<Line> ORDER = Comparator.comparing(
                    (Line line) -> line.repository().value())
            .thenComparing(line -> line.tag().name());

    private static final int MAX_LINES = 1000;

    /** So many wrong lines are told. */
    private static final int MAX_WRONG = 20;

    private static final String NEW = "-";

    /** What one tag is to name, and what must be true of it until then. */
    record Line(RepositoryName repository, Tag tag, Digest digest, Precondition expected) {

        /** As people call the tag. */
        String name() {
            return repository + ":" + tag.name();
        }
    }

    /**
     * The release that a text is.
     *
     * @throws RegistryException {@link ErrorCode#UNSUPPORTED} with status 400, naming each line that is wrong
     */
    static Release parse(String text) {
        List<Line> lines = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int number = 0;
        for (Iterator<String> rest = text.lines().iterator(); rest.hasNext(); ) {
            number++;
            String line = rest.next().strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (lines.size() > MAX_LINES || wrong.size() >= MAX_WRONG) {
                break;
            }
            try {
                Line read = line(line.split("\\s+"));
                lines.add(read);
                if (!names.add(read.name())) {
                    wrong.add("line " + number + ": " + read.name() + " was there before");
                }
            } catch (RegistryException e) {
                wrong.add("line " + number + ": " + e.detail().orElse(""));
            }
        }
        if (lines.size() > MAX_LINES) {
            wrong.add("a release may have " + MAX_LINES + " lines");
        }
        if (lines.isEmpty() && wrong.isEmpty()) {
            wrong.add("the release has no line");
        }
        if (!wrong.isEmpty()) {
            throw new RegistryException(ErrorCode.UNSUPPORTED, 400, wrong);
        }
        return new Release(lines.stream().sorted(ORDER).toList());
    }

    private static Line line(String... words) {
        if (words.length != 3 && words.length != 4) {
            throw new RegistryException(
                    ErrorCode.UNSUPPORTED, "has " + words.length + " words, not REPOSITORY TAG DIGEST [EXPECTED]");
        }
        return new Line(
                RepositoryName.valueOf(words[0]),
                Tag.valueOf(words[1]),
                Digest.valueOf(words[2]),
                words.length == 3 ? Precondition.NONE : expected(words[3]));
    }

    private static Precondition expected(String word) {
        return word.equals(NEW)
                ? new Precondition(null, "*")
                : new Precondition(EntityTags.of(Digest.valueOf(word)), null);
    }

    /** The same in the order of manifests: those of a repository by their digests. */
    List<Line> byDigest() {
        return lines.stream()
                .sorted(Comparator.comparing((Line line) -> line.repository().value())
                        .thenComparing(line -> line.digest().toString()))
                .toList();
    }

    /** The repositories that it changes, in the order of their names. */
    SortedSet<RepositoryName> repositories() {
        SortedSet<RepositoryName> repositories = new TreeSet<>(Comparator.comparing(RepositoryName::value));
        lines.forEach(line -> repositories.add(line.repository()));
        return repositories;
    }
}
