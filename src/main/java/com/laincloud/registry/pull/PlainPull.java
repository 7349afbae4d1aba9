package com.laincloud.registry.pull;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import java.util.Optional;

/** The path of a manifest or blob, with nothing in it that would have to be decoded or corrected. */
sealed interface PlainPull {

    RepositoryName repository();

    Reference reference();

    /** {@code /v2/<name>/manifests/<reference>}. */
    record OfManifest(RepositoryName repository, Reference reference) implements PlainPull {}

    /** {@code /v2/<name>/blobs/<digest>}. */
    record OfBlob(RepositoryName repository, Digest digest) implements PlainPull {

        @Override
        public Reference reference() {
            return digest;
        }
    }

    String ROOT = "/v2/";
    String MANIFESTS = "/manifests";
    String BLOBS = "/blobs";

    /** What a path asks for; empty for anything but the two forms above. */
    static Optional<PlainPull> of(String path) {
        int slash = path.lastIndexOf('/');
        if (!path.startsWith(ROOT) || slash < ROOT.length()) {
            return Optional.empty();
        }
        String name = path.substring(ROOT.length(), slash);
        String last = path.substring(slash + 1);
        try {
            if (name.endsWith(MANIFESTS)) {
                return Optional.of(new OfManifest(repository(name, MANIFESTS), Reference.valueOf(last)));
            }
            if (name.endsWith(BLOBS) && last.indexOf(':') > 0) {
                return Optional.of(new OfBlob(repository(name, BLOBS), Digest.valueOf(last)));
            }
        } catch (RegistryException e) {
            // the resource that answers all other requests says what is wrong with this one
        }
        return Optional.empty();
    }

    private static RepositoryName repository(String name, String suffix) {
        return RepositoryName.valueOf(name.substring(0, name.length() - suffix.length()));
    }
}
