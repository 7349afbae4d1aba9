package com.laincloud.registry.schema1;

import com.laincloud.registry.blob.BlobBytes;
import com.laincloud.registry.blob.Blobs;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.Manifest.ImageManifest;
import com.laincloud.registry.oci.Manifest.Schema1Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.MediaTypes;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.request.Requester;
import com.laincloud.registry.storage.StorageException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;

/** What the registry does for clients of schema 1: judges what they push, and rewrites what they could not read. */
@Singleton
public class Schema1Manifests {

    /** What image tools take for the longest configuration there can be. */
    private static final long MAX_CONFIG = 4L * 1024 * 1024;

    private static final System.Logger LOG = System.getLogger(Schema1Manifests.class.getName());

    private final Blobs blobs;
    private final BlobBytes bytes;
    private final EmptyLayer emptyLayer;
    private final SigningKeys keys;
    private final CurrentSettings settings;

    @Inject
    public Schema1Manifests(
            Blobs blobs, BlobBytes bytes, EmptyLayer emptyLayer, SigningKeys keys, CurrentSettings settings) {
        this.blobs = blobs;
        this.bytes = bytes;
        this.emptyLayer = emptyLayer;
        this.keys = keys;
        this.settings = settings;
    }

    /** Whether schema 1 is spoken here. What is stored of it is served in any case. */
    public boolean isEnabled() {
        return settings.get().schema1().enabled();
    }

    /**
     * Judges a manifest that was pushed; one of another schema always passes.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNVERIFIED} for a signature that is not true;
     *     {@link ErrorCode#MANIFEST_INVALID} where schema 1 is not spoken
     */
    public void requireAcceptable(Manifest manifest, byte[] payload) {
        if (manifest instanceof Schema1Manifest schema1) {
            if (!isEnabled()) {
                throw new RegistryException(
                        ErrorCode.MANIFEST_INVALID, "schema 1 is not taken: compatibility.schema1.enabled is false");
            }
            SignatureVerifier.verify(schema1.canonical(payload), schema1.signatures());
        }
    }

    /**
     * A tagged image of schema 2 in schema 1, not signed yet. The repository shows all its layers then, the empty one too.
     *
     * @param payload of a manifest of type {@link MediaTypes#DOCKER_MANIFEST}
     * @return empty for what schema 1 has no words for: what is no image, or not wholly in the repository
     */
    public Optional<byte[]> convert(RepositoryName repository, Tag tag, byte[] payload, Requester requester) {
        try {
            if (!(ManifestParser.parse(payload, MediaTypes.DOCKER_MANIFEST) instanceof ImageManifest image)) {
                return Optional.empty();
            }
            Optional<Conversion> conversion = config(repository, image).map(config -> new Conversion(image, config));
            if (conversion.filter(Conversion::hasEmptyLayers).isPresent()) {
                emptyLayer.show(repository, requester);
            }
            return conversion.map(converted -> converted.manifest(repository, tag));
        } catch (RegistryException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0}:{1} stays as it is: {2}", repository, tag, e.getMessage());
            return Optional.empty();
        }
    }

    /** Signs a manifest by the registry's key. */
    public byte[] sign(byte[] manifest) {
        return PrettySignature.sign(manifest, keys.current(), Instant.now());
    }

    private Optional<byte[]> config(RepositoryName repository, ImageManifest image) {
        return blobs.find(repository, image.config().digest())
                .filter(blob -> blob.size() <= MAX_CONFIG)
                .map(this::read);
    }

    private byte[] read(Blob blob) {
        try (InputStream content = bytes.content(blob).open(0)) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw StorageException.failed("blob " + blob.digest() + " cannot be read", e);
        }
    }
}
