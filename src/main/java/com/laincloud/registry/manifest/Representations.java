package com.laincloud.registry.manifest;

import com.laincloud.registry.index.StoredManifest;
import com.laincloud.registry.manifest.ManifestMemory.Room;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.request.Requester;
import com.laincloud.registry.schema1.Schema1Manifests;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;

/**
 * What a client gets of a manifest. By digest, what is stored. By tag as well, if it can read that; otherwise, as
 * docker/distribution has it, the image for linux/amd64 of several, and schema 1 instead of schema 2.
 *
 * <p>A client that does not say what it accepts is taken to be older than schema 2, and to know all about OCI: nothing that
 * ever came from there is rewritten. What is larger than 64 KiB is not converted: no client of schema 1 can use so many layers.
 */
@Singleton
public class Representations {

    private static final Set<String> YOUNGER_THAN_SILENT_CLIENTS =
            Set.of(MediaTypes.DOCKER_MANIFEST, MediaTypes.DOCKER_MANIFEST_LIST);

    private final Manifests manifests;
    private final Schema1Manifests schema1;
    private final ManifestMemory memory;

    @Inject
    public Representations(Manifests manifests, Schema1Manifests schema1, ManifestMemory memory) {
        this.memory = memory;
        this.manifests = manifests;
        this.schema1 = schema1;
    }

    /**
     * The form of a stored manifest that is for a client.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNKNOWN} if there is none that it can read
     */
    StoredManifest of(
            StoredManifest stored,
            RepositoryName repository,
            Reference reference,
            AcceptedTypes accepted,
            Requester requester) {
        if (stored.mediaType().equals(MediaTypes.SCHEMA1)) {
            return signed(repository, stored);
        }
        if (!(reference instanceof Tag tag) || isReadable(stored, accepted)) {
            return stored;
        }
        return older(stored, repository, tag, accepted, requester)
                .or(() -> Optional.of(stored).filter(whole -> accepted.areUnsaid()))
                .orElseThrow(() -> new RegistryException(
                        ErrorCode.MANIFEST_UNKNOWN,
                        reference + " is a " + stored.mediaType() + ", which is not accepted"));
    }

    /** Clients of schema 1 do not name it; others never meet it. */
    private boolean isReadable(StoredManifest manifest, AcceptedTypes accepted) {
        String mediaType = manifest.mediaType();
        if (accepted.areUnsaid()) {
            return !(YOUNGER_THAN_SILENT_CLIENTS.contains(mediaType) && schema1.isEnabled());
        }
        return accepted.include(mediaType) || MediaTypes.SCHEMA1_MANIFESTS.contains(mediaType);
    }

    private Optional<StoredManifest> older(
            StoredManifest manifest, RepositoryName repository, Tag tag, AcceptedTypes accepted, Requester requester) {
        if (!schema1.isEnabled() || !manifest.isAtHand()) {
            return Optional.empty();
        }
        if (MediaTypes.IMAGE_INDEXES.contains(manifest.mediaType())) {
            return childForOldClients(manifest)
                    .flatMap(child -> manifests.find(repository, child))
                    .filter(child -> !MediaTypes.IMAGE_INDEXES.contains(child.mediaType()))
                    .flatMap(child -> isReadable(child, accepted)
                            ? Optional.of(child)
                            : older(child, repository, tag, accepted, requester));
        }
        return manifest.mediaType().equals(MediaTypes.DOCKER_MANIFEST)
                ? schema1.convert(repository, tag, manifest.payload(), requester)
                        .map(converted -> signed(Digest.of(DigestAlgorithm.SHA256, converted), converted))
                : Optional.empty();
    }

    /** An index was not asked for what its platforms look like when it was put. */
    private static Optional<Digest> childForOldClients(StoredManifest index) {
        try {
            return ManifestParser.childFor("linux", "amd64", index.payload());
        } catch (RegistryException e) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("try") // room is taken, not used
    private StoredManifest signed(RepositoryName repository, StoredManifest manifest) {
        try (Room room = memory.understood(manifest.size())) {
            return signed(manifest.digest(), manifests.payload(repository, manifest));
        }
    }

    private StoredManifest signed(Digest digest, byte[] manifest) {
        return new StoredManifest(digest, MediaTypes.SCHEMA1_SIGNED, schema1.sign(manifest));
    }
}
