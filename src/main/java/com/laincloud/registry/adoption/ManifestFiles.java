package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Problem.Kind;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the manifests of one repository. They are small, so that every one is hashed. */
final class ManifestFiles {

    /** No registry accepts larger ones. */
    private static final int MAX_PAYLOAD = 4 << 20;

    private final RepositoryTree tree;
    private final RepositoryName repository;
    private final Tally tally;
    private final Consumer<Problem> problems;

    ManifestFiles(RepositoryTree tree, RepositoryName repository, Tally tally, Consumer<Problem> problems) {
        this.tree = tree;
        this.repository = repository;
        this.tally = tally;
        this.problems = problems;
    }

    /** The manifest, if the repository has it and nothing is wrong with it. */
    Optional<TreeManifest> read(Digest digest) {
        Optional<Link> link = tree.revision(digest);
        tally.readLinks(1);
        if (link.isEmpty()) {
            return Optional.empty();
        }
        Optional<BlobFile> file = tree.blob(link.get());
        if (file.isEmpty()) {
            report(link.get(), Kind.MISSING_BLOB, "the manifest is gone");
            return Optional.empty();
        }
        return parse(link.get(), file.get());
    }

    private Optional<TreeManifest> parse(Link link, BlobFile file) {
        try {
            byte[] payload = tree.bytes(file, MAX_PAYLOAD + 1);
            if (payload.length > MAX_PAYLOAD) {
                report(link, Kind.BAD_MANIFEST, "it is larger than " + MAX_PAYLOAD + " bytes");
            } else if (!Digest.of(link.digest().algorithm(), payload).equals(link.digest())) {
                report(link, Kind.WRONG_BYTES, "the " + payload.length + " bytes of the manifest are another one's");
            } else {
                return Optional.of(TreeManifest.parse(link.digest(), payload, link.writtenAt()));
            }
        } catch (RegistryException e) {
            report(link, Kind.BAD_MANIFEST, String.join(", ", e.details()));
        } catch (IOException e) {
            report(link, Kind.UNREADABLE, e.toString());
        }
        return Optional.empty();
    }

    private void report(Link link, Kind kind, String detail) {
        problems.accept(new Problem(link.directory(), kind, repository, null, link.digest(), detail));
    }
}
