package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Problem.Kind;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Looks at the blobs that one repository shows. */
final class LayerFiles {

    private final RepositoryTree tree;
    private final RepositoryName repository;
    private final Soundness soundness;
    private final Tally tally;
    private final Consumer<Problem> problems;

    LayerFiles(
            RepositoryTree tree,
            RepositoryName repository,
            Soundness soundness,
            Tally tally,
            Consumer<Problem> problems) {
        this.tree = tree;
        this.repository = repository;
        this.soundness = soundness;
        this.tally = tally;
        this.problems = problems;
    }

    /** Those of the blobs, each with what a manifest says its length is, that the repository shows; as {@link #find}. */
    List<LinkedBlob> findAll(Map<Digest, Long> blobs) {
        return tree.each(List.copyOf(blobs.entrySet()), blob -> find(blob.getKey(), blob.getValue())).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * A blob that the repository shows; without a file, if that is gone or not what it should be. Empty if the repository
     * does not show it.
     *
     * @param expectedSize what a manifest says its length is, or {@link TreeManifest#UNKNOWN}
     */
    private Optional<LinkedBlob> find(Digest digest, long expectedSize) {
        tally.readLinks(1);
        return tree.layer(digest).map(link -> {
            Optional<BlobFile> file = tree.blob(link);
            return new LinkedBlob(
                    digest,
                    file.filter(bytes -> isSound(link, bytes, expectedSize)),
                    file.isEmpty(),
                    link.writtenAt(),
                    link.directory());
        });
    }

    private boolean isSound(Link link, BlobFile file, long expectedSize) {
        try {
            Optional<String> fault = soundness.fault(file, expectedSize);
            fault.ifPresent(detail -> report(link, Kind.WRONG_BYTES, detail));
            return fault.isEmpty();
        } catch (IOException e) {
            report(link, Kind.UNREADABLE, e.toString());
            return false;
        }
    }

    /** Problems of blobs that have no bytes and are not shown thanks to others. */
    static List<Problem> gone(RepositoryName repository, List<LinkedBlob> blobs, Set<Digest> shown, Kind kind) {
        return blobs.stream()
                .filter(blob -> blob.isGone() && !shown.contains(blob.digest()))
                .map(blob -> new Problem(blob.directory(), kind, repository, null, blob.digest(), "its bytes are gone"))
                .toList();
    }

    private void report(Link link, Kind kind, String detail) {
        problems.accept(new Problem(link.directory(), kind, repository, null, link.digest(), detail));
    }
}
